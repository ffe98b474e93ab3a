-- Times are microseconds since 1970, UTC; days are days since 1970. Every key leads with the account.

CREATE TABLE ids (
    kind TEXT PRIMARY KEY,
    next INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE settings (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE accounts (
    id         INTEGER PRIMARY KEY,
    name       TEXT NOT NULL,
    created_at INTEGER NOT NULL
);

CREATE TABLE organizations (
    account_id INTEGER NOT NULL,
    id         INTEGER NOT NULL UNIQUE,
    name       TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (account_id, id)
);

CREATE TABLE members (
    account_id      INTEGER NOT NULL,
    user_id         INTEGER NOT NULL,
    name            TEXT NOT NULL,
    email           TEXT NOT NULL,
    role            TEXT NOT NULL,
    organization_id INTEGER,
    created_at      INTEGER NOT NULL,
    PRIMARY KEY (account_id, user_id)
) WITHOUT ROWID;

CREATE TABLE keys (
    key        TEXT PRIMARY KEY,
    account_id INTEGER,
    user_id    INTEGER,
    name       TEXT NOT NULL,
    secret     BLOB NOT NULL,
    created_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE links (
    token      BLOB PRIMARY KEY,
    account_id INTEGER NOT NULL,
    user_id    INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    reusable   INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE sessions (
    token      BLOB PRIMARY KEY,
    account_id INTEGER NOT NULL,
    user_id    INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE identities (
    account_id      INTEGER NOT NULL,
    id              INTEGER NOT NULL UNIQUE,
    organization_id INTEGER NOT NULL,
    external_id     TEXT NOT NULL,
    username        TEXT NOT NULL,
    name            TEXT,
    usage_location  TEXT,
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL,
    PRIMARY KEY (account_id, id),
    UNIQUE (account_id, organization_id, external_id)
);

CREATE TABLE observations (
    account_id      INTEGER NOT NULL,
    id              TEXT NOT NULL,
    observed_at     INTEGER NOT NULL,
    received_at     INTEGER NOT NULL,
    outcome         TEXT NOT NULL,
    escalation_id   INTEGER,
    organization_id INTEGER,
    identity_id     INTEGER,
    country         TEXT,
    vpn             TEXT,
    address         TEXT,
    PRIMARY KEY (account_id, id)
) WITHOUT ROWID;

CREATE INDEX observations_that_asked ON observations (account_id, observed_at) WHERE escalation_id IS NOT NULL;

-- `state` is the head of the escalation as core keeps it; the other columns are what it is found and ordered by.
CREATE TABLE escalations (
    account_id      INTEGER NOT NULL,
    id              INTEGER NOT NULL UNIQUE,
    subject_key     TEXT NOT NULL,
    kind            TEXT NOT NULL,
    subtype         TEXT,
    organization_id INTEGER,
    severity        INTEGER NOT NULL,
    open            INTEGER NOT NULL,
    raised_at       INTEGER NOT NULL,
    due_at          INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL,
    resolved_at     INTEGER,
    answered_at     INTEGER,
    search          TEXT NOT NULL,
    state           TEXT NOT NULL,
    PRIMARY KEY (account_id, id)
);

-- Two that raise the same question at once are told apart here: the second joins.
CREATE UNIQUE INDEX escalations_open_question ON escalations (account_id, subject_key) WHERE open = 1;
CREATE INDEX escalations_by_subject ON escalations (account_id, subject_key, id);
CREATE INDEX escalations_by_id ON escalations (account_id, open, id);
CREATE INDEX escalations_by_severity ON escalations (account_id, open, severity, id);
CREATE INDEX escalations_by_due_at ON escalations (account_id, open, due_at, id);
CREATE INDEX escalations_by_updated_at ON escalations (account_id, open, updated_at, id);
CREATE INDEX escalations_by_answered_at ON escalations (account_id, answered_at) WHERE answered_at IS NOT NULL;

CREATE TABLE entities (
    account_id    INTEGER NOT NULL,
    escalation_id INTEGER NOT NULL,
    identity_id   INTEGER NOT NULL,
    state         TEXT NOT NULL,
    PRIMARY KEY (account_id, escalation_id, identity_id)
) WITHOUT ROWID;

CREATE TABLE rules (
    account_id      INTEGER NOT NULL,
    id              INTEGER NOT NULL UNIQUE,
    scope           TEXT NOT NULL,
    organization_id INTEGER,
    identity_id     INTEGER,
    category        TEXT NOT NULL,
    logic           TEXT NOT NULL,
    value           TEXT NOT NULL,
    determination   TEXT NOT NULL,
    starts_at       INTEGER,
    expires_at      INTEGER,
    state           TEXT NOT NULL,
    PRIMARY KEY (account_id, id)
);

CREATE INDEX rules_by_value ON rules (account_id, category, value);

-- The log. `hash` is the SHA-256 of the hash before it and of this row: whoever changes, removes or moves a row breaks it.
CREATE TABLE events (
    account_id    INTEGER NOT NULL,
    seq           INTEGER NOT NULL,
    escalation_id INTEGER,
    at            INTEGER NOT NULL,
    event         TEXT NOT NULL,
    body          TEXT NOT NULL,
    hash          BLOB NOT NULL,
    PRIMARY KEY (account_id, seq)
) WITHOUT ROWID;

CREATE INDEX events_of_escalation ON events (account_id, escalation_id, seq);

CREATE TABLE heads (
    account_id INTEGER PRIMARY KEY,
    seq        INTEGER NOT NULL,
    hash       BLOB NOT NULL
);

CREATE TABLE idempotency (
    caller     TEXT NOT NULL,
    key        TEXT NOT NULL,
    request    BLOB NOT NULL,
    result     TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (caller, key)
) WITHOUT ROWID;

CREATE INDEX idempotency_by_age ON idempotency (created_at);
