-- The tables of the embedded database, for PostgreSQL. Times are microseconds since 1970, UTC; days are days since 1970;
-- truths are 0 and 1. Texts compare byte by byte, as they do there. Every key of what belongs to an account leads with
-- the account, and nothing refers to a row of another one, so that a distributed PostgreSQL can shard by it.

CREATE SEQUENCE account_ids;
CREATE SEQUENCE organization_ids;
CREATE SEQUENCE user_ids;
CREATE SEQUENCE identity_ids;
CREATE SEQUENCE escalation_ids;
CREATE SEQUENCE rule_ids;
CREATE SEQUENCE remedy_ids;
CREATE SEQUENCE integration_ids;
CREATE SEQUENCE webhook_ids;
CREATE SEQUENCE delivery_ids;
CREATE SEQUENCE claim_ids;
CREATE SEQUENCE session_ids;
CREATE SEQUENCE provider_ids;
CREATE SEQUENCE panel_ids;

CREATE TABLE settings (
    name  TEXT COLLATE "C" PRIMARY KEY,
    value TEXT COLLATE "C" NOT NULL
);

CREATE TABLE accounts (
    id         BIGINT PRIMARY KEY,
    name       TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE organizations (
    account_id BIGINT NOT NULL,
    id         BIGINT NOT NULL,
    name       TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, id)
);
CREATE INDEX organizations_by_id ON organizations (id);

CREATE TABLE users (
    id                  BIGINT PRIMARY KEY,
    name                TEXT COLLATE "C" NOT NULL,
    email               TEXT COLLATE "C" NOT NULL,
    login               TEXT COLLATE "C" UNIQUE,
    operator            BIGINT NOT NULL DEFAULT 0,
    password            TEXT COLLATE "C",
    second_factor       TEXT COLLATE "C",
    second_factor_since BIGINT,
    step                BIGINT NOT NULL DEFAULT 0,
    last_sign_in_at     BIGINT,
    created_at          BIGINT NOT NULL
);

CREATE TABLE recovery_codes (
    user_id BIGINT NOT NULL,
    code    BYTEA NOT NULL,
    PRIMARY KEY (user_id, code)
);

CREATE TABLE members (
    account_id      BIGINT NOT NULL,
    user_id         BIGINT NOT NULL,
    name            TEXT COLLATE "C" NOT NULL,
    email           TEXT COLLATE "C" NOT NULL,
    role            TEXT COLLATE "C" NOT NULL,
    organization_id BIGINT,
    created_at      BIGINT NOT NULL,
    last_sign_in_at BIGINT,
    PRIMARY KEY (account_id, user_id)
);
CREATE INDEX members_of_user ON members (user_id);

CREATE TABLE keys (
    key            TEXT COLLATE "C" PRIMARY KEY,
    account_id     BIGINT,
    user_id        BIGINT,
    name           TEXT COLLATE "C" NOT NULL,
    secret         BYTEA NOT NULL,
    created_at     BIGINT NOT NULL,
    scope          TEXT COLLATE "C" NOT NULL DEFAULT 'read_write',
    expires_at     BIGINT,
    last_used_at   BIGINT,
    previous       BYTEA,
    previous_until BIGINT
);
CREATE INDEX keys_of_account ON keys (account_id, user_id);

CREATE TABLE links (
    token      BYTEA PRIMARY KEY,
    account_id BIGINT,
    user_id    BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    reusable   BIGINT NOT NULL
);
CREATE INDEX links_of_user ON links (user_id);

CREATE TABLE sessions (
    token            BYTEA PRIMARY KEY,
    id               BIGINT NOT NULL UNIQUE,
    user_id          BIGINT NOT NULL,
    account_id       BIGINT,
    method           TEXT COLLATE "C" NOT NULL,
    device           TEXT COLLATE "C" NOT NULL,
    address          TEXT COLLATE "C" NOT NULL,
    created_at       BIGINT NOT NULL,
    seen_at          BIGINT NOT NULL,
    authenticated_at BIGINT NOT NULL,
    expires_at       BIGINT NOT NULL,
    provider_id      BIGINT,
    confined         BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX sessions_of_user ON sessions (user_id);
CREATE INDEX sessions_of_provider ON sessions (provider_id) WHERE provider_id IS NOT NULL;

CREATE TABLE identities (
    account_id      BIGINT NOT NULL,
    id              BIGINT NOT NULL,
    organization_id BIGINT NOT NULL,
    external_id     TEXT COLLATE "C" NOT NULL,
    username        TEXT COLLATE "C" NOT NULL,
    name            TEXT COLLATE "C",
    usage_location  TEXT COLLATE "C",
    created_at      BIGINT NOT NULL,
    updated_at      BIGINT NOT NULL,
    PRIMARY KEY (account_id, id),
    UNIQUE (account_id, organization_id, external_id)
);
CREATE INDEX identities_by_id ON identities (id);

CREATE TABLE observations (
    account_id      BIGINT NOT NULL,
    id              TEXT COLLATE "C" NOT NULL,
    observed_at     BIGINT NOT NULL,
    received_at     BIGINT NOT NULL,
    outcome         TEXT COLLATE "C" NOT NULL,
    escalation_id   BIGINT,
    organization_id BIGINT,
    identity_id     BIGINT,
    country         TEXT COLLATE "C",
    vpn             TEXT COLLATE "C",
    address         TEXT COLLATE "C",
    thing_id        BIGINT,
    topic           TEXT COLLATE "C",
    troubled        BIGINT,
    reading         TEXT COLLATE "C",
    PRIMARY KEY (account_id, id)
);
CREATE INDEX observations_that_asked ON observations (account_id, observed_at) WHERE escalation_id IS NOT NULL;
CREATE INDEX observations_of_thing ON observations (account_id, thing_id, topic, troubled, observed_at, id)
    WHERE thing_id IS NOT NULL;

CREATE TABLE things (
    account_id      BIGINT NOT NULL,
    id              BIGINT NOT NULL,
    type            TEXT COLLATE "C" NOT NULL,
    external_id     TEXT COLLATE "C" NOT NULL,
    organization_id BIGINT,
    observed_at     BIGINT NOT NULL,
    state           TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (account_id, id),
    UNIQUE (account_id, type, external_id)
);

CREATE TABLE conditions (
    account_id BIGINT NOT NULL,
    thing_id   BIGINT NOT NULL,
    topic      TEXT COLLATE "C" NOT NULL,
    troubled   BIGINT NOT NULL,
    wait_until BIGINT,
    state      TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (account_id, thing_id, topic)
);
CREATE INDEX conditions_that_wait ON conditions (wait_until) WHERE wait_until IS NOT NULL;
CREATE INDEX conditions_in_trouble ON conditions (account_id, topic) WHERE troubled = 1;

CREATE TABLE escalations (
    account_id      BIGINT NOT NULL,
    id              BIGINT NOT NULL,
    subject_key     TEXT COLLATE "C" NOT NULL,
    kind            TEXT COLLATE "C" NOT NULL,
    subtype         TEXT COLLATE "C",
    organization_id BIGINT,
    severity        BIGINT NOT NULL,
    open            BIGINT NOT NULL,
    raised_at       BIGINT NOT NULL,
    due_at          BIGINT NOT NULL,
    updated_at      BIGINT NOT NULL,
    resolved_at     BIGINT,
    answered_at     BIGINT,
    wake_at         BIGINT,
    search          TEXT COLLATE "C" NOT NULL,
    state           TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (account_id, id)
);
-- Two that raise the same question at once are told apart here: the second joins.
CREATE UNIQUE INDEX escalations_open_question ON escalations (account_id, subject_key) WHERE open = 1;
CREATE INDEX escalations_by_number ON escalations (id);
CREATE INDEX escalations_by_subject ON escalations (account_id, subject_key, id);
CREATE INDEX escalations_by_id ON escalations (account_id, open, id);
CREATE INDEX escalations_by_severity ON escalations (account_id, open, severity, id);
CREATE INDEX escalations_by_due_at ON escalations (account_id, open, due_at, id);
CREATE INDEX escalations_by_updated_at ON escalations (account_id, open, updated_at, id);
CREATE INDEX escalations_by_answered_at ON escalations (account_id, answered_at) WHERE answered_at IS NOT NULL;
CREATE INDEX escalations_that_wake ON escalations (wake_at) WHERE wake_at IS NOT NULL;

CREATE TABLE entities (
    account_id    BIGINT NOT NULL,
    escalation_id BIGINT NOT NULL,
    entity_id     BIGINT NOT NULL,
    state         TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (account_id, escalation_id, entity_id)
);

CREATE TABLE remedies (
    account_id      BIGINT NOT NULL,
    id              BIGINT NOT NULL,
    escalation_id   BIGINT NOT NULL,
    entity_id       BIGINT,
    organization_id BIGINT,
    status          TEXT COLLATE "C" NOT NULL,
    state           TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (account_id, id)
);
CREATE INDEX remedies_by_id ON remedies (id);
CREATE INDEX remedies_by_status ON remedies (status, id);
CREATE INDEX remedies_of_account ON remedies (account_id, status, id);
CREATE INDEX remedies_of_escalation ON remedies (account_id, escalation_id, id);

CREATE TABLE rules (
    account_id      BIGINT NOT NULL,
    id              BIGINT NOT NULL,
    scope           TEXT COLLATE "C" NOT NULL,
    organization_id BIGINT,
    identity_id     BIGINT,
    category        TEXT COLLATE "C" NOT NULL,
    logic           TEXT COLLATE "C" NOT NULL,
    value           TEXT COLLATE "C" NOT NULL,
    determination   TEXT COLLATE "C" NOT NULL,
    starts_at       BIGINT,
    expires_at      BIGINT,
    state           TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (account_id, id)
);
CREATE INDEX rules_by_id ON rules (id);
CREATE INDEX rules_by_value ON rules (account_id, category, value);

-- The log. `hash` is the SHA-256 of the hash before it and of this row: whoever changes, removes or moves a row breaks it.
CREATE TABLE events (
    account_id    BIGINT NOT NULL,
    seq           BIGINT NOT NULL,
    escalation_id BIGINT,
    at            BIGINT NOT NULL,
    event         TEXT COLLATE "C" NOT NULL,
    body          TEXT COLLATE "C" NOT NULL,
    hash          BYTEA NOT NULL,
    PRIMARY KEY (account_id, seq)
);
CREATE INDEX events_of_escalation ON events (account_id, escalation_id, seq);

CREATE TABLE heads (
    account_id BIGINT PRIMARY KEY,
    seq        BIGINT NOT NULL,
    hash       BYTEA NOT NULL
);

CREATE TABLE idempotency (
    caller     TEXT COLLATE "C" NOT NULL,
    key        TEXT COLLATE "C" NOT NULL,
    request    BYTEA NOT NULL,
    result     TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (caller, key)
);
CREATE INDEX idempotency_by_age ON idempotency (created_at);

CREATE TABLE notice_settings (
    account_id BIGINT PRIMARY KEY,
    state      TEXT COLLATE "C" NOT NULL
);

CREATE TABLE integrations (
    account_id BIGINT NOT NULL,
    id         BIGINT NOT NULL,
    vendor     TEXT COLLATE "C" NOT NULL,
    state      TEXT COLLATE "C" NOT NULL,
    sealed     TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (account_id, id)
);
CREATE INDEX integrations_by_id ON integrations (id);

CREATE TABLE companies (
    account_id      BIGINT NOT NULL,
    integration_id  BIGINT NOT NULL,
    organization_id BIGINT NOT NULL,
    company_id      TEXT COLLATE "C" NOT NULL,
    company_name    TEXT COLLATE "C" NOT NULL,
    by_hand         BIGINT NOT NULL,
    PRIMARY KEY (account_id, integration_id, organization_id)
);

-- Account 0 is the operator, whose endpoints hear of every account.
CREATE TABLE webhooks (
    account_id BIGINT NOT NULL,
    id         BIGINT NOT NULL,
    enabled    BIGINT NOT NULL,
    state      TEXT COLLATE "C" NOT NULL,
    sealed     TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (account_id, id)
);
CREATE INDEX webhooks_by_id ON webhooks (id);

CREATE TABLE tickets (
    account_id     BIGINT NOT NULL,
    escalation_id  BIGINT NOT NULL,
    integration_id BIGINT NOT NULL,
    ticket         TEXT COLLATE "C",
    doubt          BIGINT NOT NULL,
    searched_at    BIGINT,
    PRIMARY KEY (account_id, escalation_id, integration_id)
);

CREATE TABLE deliveries (
    account_id    BIGINT NOT NULL,
    id            BIGINT NOT NULL,
    escalation_id BIGINT,
    channel       TEXT COLLATE "C" NOT NULL,
    destination   TEXT COLLATE "C" NOT NULL,
    target        BIGINT NOT NULL,
    recipient     TEXT COLLATE "C" NOT NULL,
    address       TEXT COLLATE "C",
    reason        TEXT COLLATE "C" NOT NULL,
    task          TEXT COLLATE "C" NOT NULL,
    status        TEXT COLLATE "C" NOT NULL,
    attempts      BIGINT NOT NULL,
    doubt         BIGINT NOT NULL,
    reported      TEXT COLLATE "C",
    not_before    BIGINT NOT NULL,
    give_up_at    BIGINT NOT NULL,
    token         BIGINT NOT NULL,
    lease_until   BIGINT,
    last_error    TEXT COLLATE "C",
    created_at    BIGINT NOT NULL,
    finished_at   BIGINT,
    PRIMARY KEY (account_id, id)
);
CREATE INDEX deliveries_by_id ON deliveries (id);
CREATE INDEX deliveries_waiting ON deliveries (destination, not_before, id) WHERE status = 'waiting';
CREATE INDEX deliveries_leased ON deliveries (lease_until) WHERE status = 'sending';
CREATE INDEX deliveries_sending ON deliveries (destination) WHERE status = 'sending';
CREATE INDEX deliveries_of_escalation ON deliveries (account_id, escalation_id, id);
CREATE INDEX deliveries_by_destination ON deliveries (destination, id);
CREATE INDEX deliveries_by_status ON deliveries (account_id, status, id);

CREATE TABLE attempts (
    account_id  BIGINT NOT NULL,
    delivery_id BIGINT NOT NULL,
    number      BIGINT NOT NULL,
    at          BIGINT NOT NULL,
    duration_ms BIGINT NOT NULL,
    outcome     TEXT COLLATE "C" NOT NULL,
    code        BIGINT,
    detail      TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (account_id, delivery_id, number)
);

CREATE TABLE destinations (
    account_id      BIGINT NOT NULL,
    destination     TEXT COLLATE "C" NOT NULL,
    retry_at        BIGINT,
    failures        BIGINT NOT NULL DEFAULT 0,
    failing_since   BIGINT,
    last_success_at BIGINT,
    last_failure_at BIGINT,
    last_error      TEXT COLLATE "C",
    PRIMARY KEY (account_id, destination)
);
CREATE INDEX destinations_by_name ON destinations (destination);

-- Account 0 is the whole installation.
CREATE TABLE providers (
    account_id BIGINT NOT NULL,
    id         BIGINT NOT NULL,
    enabled    BIGINT NOT NULL,
    state      TEXT COLLATE "C" NOT NULL,
    sealed     TEXT COLLATE "C",
    PRIMARY KEY (account_id, id)
);
CREATE INDEX providers_by_id ON providers (id);

CREATE TABLE provider_domains (
    domain      TEXT COLLATE "C" NOT NULL,
    provider_id BIGINT NOT NULL,
    PRIMARY KEY (domain, provider_id)
);

CREATE TABLE provider_links (
    provider_id BIGINT NOT NULL,
    issuer      TEXT COLLATE "C" NOT NULL,
    subject     TEXT COLLATE "C" NOT NULL,
    user_id     BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    PRIMARY KEY (provider_id, issuer, subject),
    UNIQUE (provider_id, issuer, user_id)
);

CREATE TABLE sign_in_flows (
    state       BYTEA PRIMARY KEY,
    browser     BYTEA NOT NULL,
    provider_id BIGINT NOT NULL,
    session_id  BIGINT,
    sealed      TEXT COLLATE "C" NOT NULL,
    expires_at  BIGINT NOT NULL,
    used        BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX sign_in_flows_by_end ON sign_in_flows (expires_at);

CREATE TABLE embeds (
    account_id       BIGINT NOT NULL,
    public_id        TEXT COLLATE "C" NOT NULL,
    settings         TEXT COLLATE "C" NOT NULL,
    created_at       BIGINT NOT NULL,
    last_launched_at BIGINT,
    PRIMARY KEY (account_id, public_id)
);
CREATE INDEX embeds_by_public_id ON embeds (public_id);

CREATE TABLE panels (
    account_id BIGINT NOT NULL,
    id         BIGINT NOT NULL DEFAULT nextval('panel_ids'),
    public_id  TEXT COLLATE "C" NOT NULL,
    user_id    BIGINT NOT NULL,
    role       TEXT COLLATE "C" NOT NULL,
    origin     TEXT COLLATE "C" NOT NULL,
    launcher   BIGINT NOT NULL,
    key        TEXT COLLATE "C",
    code       BYTEA NOT NULL,
    token      BYTEA,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, id)
);
CREATE INDEX panels_by_number ON panels (id);
CREATE INDEX panels_by_code ON panels (code);
CREATE INDEX panels_by_token ON panels (token);
CREATE INDEX panels_of_person ON panels (account_id, user_id);
CREATE INDEX panels_by_end ON panels (expires_at);

-- The second fence. A transaction says how far it reaches before anything else; one that does not say it fails. It binds the
-- owner too. What belongs to account 0, the installation itself, is in reach where an account's work touches it: endpoints that
-- hear of every account, what is told to them, and how destinations do that all share.
DO $fence$
DECLARE
    name TEXT;
    own CONSTANT TEXT := 'current_setting(''beckon.everything'') = ''on'' OR %I = current_setting(''beckon.account'')::bigint';
BEGIN
    FOREACH name IN ARRAY ARRAY[
        'organizations', 'members', 'keys', 'links', 'sessions', 'identities', 'observations', 'things', 'conditions',
        'escalations', 'entities', 'remedies', 'rules', 'events', 'heads', 'notice_settings', 'integrations', 'companies',
        'tickets', 'attempts', 'providers', 'embeds', 'panels', 'accounts', 'webhooks', 'deliveries', 'destinations'
    ] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format(
            'CREATE POLICY fence ON %I USING (' || own || CASE
                WHEN name IN ('webhooks', 'deliveries', 'destinations') THEN ' OR account_id = 0)'
                ELSE ')'
            END,
            name, CASE name WHEN 'accounts' THEN 'id' ELSE 'account_id' END
        );
    END LOOP;
END
$fence$;
