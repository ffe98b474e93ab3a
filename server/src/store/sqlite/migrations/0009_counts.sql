-- How often somebody tried to get in, for all servers together; and how often a client asked lately, as far as servers told
-- each other.
CREATE TABLE tries (
    subject BLOB PRIMARY KEY,
    since   INTEGER NOT NULL,
    number  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX tries_since ON tries (since);

CREATE TABLE requests (
    client BLOB PRIMARY KEY,
    number INTEGER NOT NULL,
    at     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX requests_at ON requests (at);

-- Which server holds a claim, so that it finds those that it does not know of because the connection broke.
ALTER TABLE deliveries ADD COLUMN node INTEGER;

-- For whoever counts what is open in all accounts.
CREATE INDEX escalations_open ON escalations (severity, due_at) WHERE open = 1;

-- For how many days an account keeps observations, and resolved escalations; for ever where it is none.
ALTER TABLE accounts ADD COLUMN keep_observations INTEGER;
ALTER TABLE accounts ADD COLUMN keep_escalations INTEGER;
