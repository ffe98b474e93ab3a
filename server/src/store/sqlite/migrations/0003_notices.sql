-- Escalations that were open before anybody was chased: becoming overdue is due at their deadline.
UPDATE escalations SET wake_at = min(coalesce(wake_at, due_at), due_at) WHERE open = 1;

CREATE TABLE notice_settings (
    account_id INTEGER PRIMARY KEY,
    state      TEXT NOT NULL
);

-- `sealed` holds the secrets, encrypted with a key that is not in the database.
CREATE TABLE integrations (
    account_id INTEGER NOT NULL,
    id         INTEGER NOT NULL UNIQUE,
    vendor     TEXT NOT NULL,
    state      TEXT NOT NULL,
    sealed     TEXT NOT NULL,
    PRIMARY KEY (account_id, id)
);

CREATE TABLE companies (
    account_id      INTEGER NOT NULL,
    integration_id  INTEGER NOT NULL,
    organization_id INTEGER NOT NULL,
    company_id      TEXT NOT NULL,
    company_name    TEXT NOT NULL,
    by_hand         INTEGER NOT NULL,
    PRIMARY KEY (account_id, integration_id, organization_id)
) WITHOUT ROWID;

-- Account 0 is the operator, whose endpoints hear of every account.
CREATE TABLE webhooks (
    account_id INTEGER NOT NULL,
    id         INTEGER NOT NULL UNIQUE,
    enabled    INTEGER NOT NULL,
    state      TEXT NOT NULL,
    sealed     TEXT NOT NULL,
    PRIMARY KEY (account_id, id)
);

-- The ticket of an escalation. `doubt` says that one may have been made although nobody heard of it; `searched_at` is when a
-- search last found none.
CREATE TABLE tickets (
    account_id     INTEGER NOT NULL,
    escalation_id  INTEGER NOT NULL,
    integration_id INTEGER NOT NULL,
    ticket         TEXT,
    doubt          INTEGER NOT NULL,
    searched_at    INTEGER,
    PRIMARY KEY (account_id, escalation_id, integration_id)
) WITHOUT ROWID;

-- The outbox. `target` is the person, the integration or the endpoint; `token` changes with each claim, and whoever
-- finishes an attempt has to name it; `lease_until` is by the machine's clock, everything else by Beckon's. `reported` names
-- the integration under which its failing was reported.
CREATE TABLE deliveries (
    account_id    INTEGER NOT NULL,
    id            INTEGER NOT NULL UNIQUE,
    escalation_id INTEGER,
    channel       TEXT NOT NULL,
    destination   TEXT NOT NULL,
    target        INTEGER NOT NULL,
    recipient     TEXT NOT NULL,
    address       TEXT,
    reason        TEXT NOT NULL,
    task          TEXT NOT NULL,
    status        TEXT NOT NULL,
    attempts      INTEGER NOT NULL,
    doubt         INTEGER NOT NULL,
    reported      TEXT,
    not_before    INTEGER NOT NULL,
    give_up_at    INTEGER NOT NULL,
    token         INTEGER NOT NULL,
    lease_until   INTEGER,
    last_error    TEXT,
    created_at    INTEGER NOT NULL,
    finished_at   INTEGER,
    PRIMARY KEY (account_id, id)
);
CREATE INDEX deliveries_waiting ON deliveries (destination, not_before, id) WHERE status = 'waiting';
CREATE INDEX deliveries_leased ON deliveries (lease_until) WHERE status = 'sending';
CREATE INDEX deliveries_of_escalation ON deliveries (account_id, escalation_id, id);
CREATE INDEX deliveries_by_destination ON deliveries (destination, id);
CREATE INDEX deliveries_by_status ON deliveries (account_id, status, id);

CREATE TABLE attempts (
    account_id  INTEGER NOT NULL,
    delivery_id INTEGER NOT NULL,
    number      INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    duration_ms INTEGER NOT NULL,
    outcome     TEXT NOT NULL,
    code        INTEGER,
    detail      TEXT NOT NULL,
    PRIMARY KEY (account_id, delivery_id, number)
) WITHOUT ROWID;

-- How each destination does, and when something for it is next due.
CREATE TABLE destinations (
    account_id      INTEGER NOT NULL,
    destination     TEXT NOT NULL,
    next_at         INTEGER,
    retry_at        INTEGER,
    failures        INTEGER NOT NULL DEFAULT 0,
    failing_since   INTEGER,
    last_success_at INTEGER,
    last_failure_at INTEGER,
    last_error      TEXT,
    PRIMARY KEY (account_id, destination)
) WITHOUT ROWID;
CREATE INDEX destinations_due ON destinations (next_at) WHERE next_at IS NOT NULL;
