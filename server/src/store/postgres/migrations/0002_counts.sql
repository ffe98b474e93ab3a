-- How often somebody tried to get in, for all servers together; and how often a client asked lately, as far as servers told
-- each other.
CREATE TABLE tries (
    subject BYTEA PRIMARY KEY,
    since   BIGINT NOT NULL,
    number  BIGINT NOT NULL
);
CREATE INDEX tries_since ON tries (since);

CREATE TABLE requests (
    client BYTEA PRIMARY KEY,
    number BIGINT NOT NULL,
    at     BIGINT NOT NULL
);
CREATE INDEX requests_at ON requests (at);

-- Which server holds a claim, so that it finds those that it does not know of because the connection broke.
ALTER TABLE deliveries ADD COLUMN node BIGINT;

-- For whoever counts what is open in all accounts.
CREATE INDEX escalations_open ON escalations (severity, due_at) WHERE open = 1;

-- For how many days an account keeps observations, and resolved escalations; for ever where it is none.
ALTER TABLE accounts ADD COLUMN keep_observations BIGINT;
ALTER TABLE accounts ADD COLUMN keep_escalations BIGINT;
