-- Sign-in providers. Account 0 is the whole installation. The secret is sealed.
CREATE TABLE providers (
    account_id INTEGER NOT NULL,
    id         INTEGER NOT NULL UNIQUE,
    enabled    INTEGER NOT NULL,
    state      TEXT NOT NULL,
    sealed     TEXT,
    PRIMARY KEY (account_id, id)
) WITHOUT ROWID;

-- For which domains of addresses a provider is offered.
CREATE TABLE provider_domains (
    domain      TEXT NOT NULL,
    provider_id INTEGER NOT NULL,
    PRIMARY KEY (domain, provider_id)
) WITHOUT ROWID;

-- Who signed in by a provider as which subject. The subject is the issuer's: another issuer knows others by the same name.
CREATE TABLE provider_links (
    provider_id INTEGER NOT NULL,
    issuer      TEXT NOT NULL,
    subject     TEXT NOT NULL,
    user_id     INTEGER NOT NULL,
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (provider_id, issuer, subject),
    UNIQUE (provider_id, issuer, user_id)
) WITHOUT ROWID;

-- Sign-ins that have left for a provider. A used one is kept until it is over: whoever brings it again is told.
CREATE TABLE sign_in_flows (
    state       BLOB PRIMARY KEY,
    browser     BLOB NOT NULL,
    provider_id INTEGER NOT NULL,
    session_id  INTEGER,
    sealed      TEXT NOT NULL,
    expires_at  INTEGER NOT NULL,
    used        INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX sign_in_flows_by_end ON sign_in_flows (expires_at);

-- By which provider a session began. What an account's provider begins is confined to its account: nobody else trusts it.
ALTER TABLE sessions ADD COLUMN provider_id INTEGER;
ALTER TABLE sessions ADD COLUMN confined INTEGER NOT NULL DEFAULT 0;
CREATE INDEX sessions_of_provider ON sessions (provider_id) WHERE provider_id IS NOT NULL;
