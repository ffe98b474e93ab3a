-- Endpoints, tenants and reports: what is watched between observations. Their numbers come from the same sequence as those
-- of identities, so that an entity has one number whatever it is. `observed_at` is the newest observation that named it.
CREATE TABLE things (
    account_id      INTEGER NOT NULL,
    id              INTEGER NOT NULL UNIQUE,
    type            TEXT NOT NULL,
    external_id     TEXT NOT NULL,
    organization_id INTEGER,
    observed_at     INTEGER NOT NULL,
    state           TEXT NOT NULL,
    PRIMARY KEY (account_id, id),
    UNIQUE (account_id, type, external_id)
);

-- What an observation says of a thing: on which topic, whether it is trouble, and the reading itself. Null for logins.
ALTER TABLE observations ADD COLUMN thing_id INTEGER;
ALTER TABLE observations ADD COLUMN topic TEXT;
ALTER TABLE observations ADD COLUMN troubled INTEGER;
ALTER TABLE observations ADD COLUMN reading TEXT;
CREATE INDEX observations_of_thing ON observations (account_id, thing_id, topic, troubled, observed_at, id)
    WHERE thing_id IS NOT NULL;

-- What is remembered of a thing on a topic; `state` is all of it as core keeps it.
CREATE TABLE conditions (
    account_id INTEGER NOT NULL,
    thing_id   INTEGER NOT NULL,
    topic      TEXT NOT NULL,
    troubled   INTEGER NOT NULL,
    wait_until INTEGER,
    state      TEXT NOT NULL,
    PRIMARY KEY (account_id, thing_id, topic)
) WITHOUT ROWID;
CREATE INDEX conditions_that_wait ON conditions (wait_until) WHERE wait_until IS NOT NULL;
CREATE INDEX conditions_in_trouble ON conditions (account_id, topic) WHERE troubled = 1;

-- Entities are no longer identities alone.
ALTER TABLE entities RENAME COLUMN identity_id TO entity_id;

ALTER TABLE escalations ADD COLUMN wake_at INTEGER;
CREATE INDEX escalations_that_wake ON escalations (wake_at) WHERE wake_at IS NOT NULL;

CREATE TABLE remedies (
    account_id      INTEGER NOT NULL,
    id              INTEGER NOT NULL UNIQUE,
    escalation_id   INTEGER NOT NULL,
    entity_id       INTEGER,
    organization_id INTEGER,
    status          TEXT NOT NULL,
    state           TEXT NOT NULL,
    PRIMARY KEY (account_id, id)
);
CREATE INDEX remedies_by_status ON remedies (status, id);
CREATE INDEX remedies_of_account ON remedies (account_id, status, id);
CREATE INDEX remedies_of_escalation ON remedies (account_id, escalation_id, id);
