-- People, apart from the accounts that they are members of. `login` is the address as addresses are compared; none for the
-- later of two people who had the same one before there was this table. `password` is an Argon2id hash with its parameters,
-- `second_factor` a sealed secret, and `step` the last time step whose code was used.
CREATE TABLE users (
    id                     INTEGER PRIMARY KEY,
    name                   TEXT NOT NULL,
    email                  TEXT NOT NULL,
    login                  TEXT UNIQUE,
    operator               INTEGER NOT NULL DEFAULT 0,
    password               TEXT,
    second_factor          TEXT,
    second_factor_since    INTEGER,
    step                   INTEGER NOT NULL DEFAULT 0,
    last_sign_in_at        INTEGER,
    created_at             INTEGER NOT NULL
);

INSERT INTO users (id, name, email, login, created_at)
SELECT user_id, min(name), min(email), NULL, min(created_at) FROM members GROUP BY user_id;

UPDATE users SET login = lower(trim(email))
WHERE id = (SELECT min(other.id) FROM users AS other WHERE lower(trim(other.email)) = lower(trim(users.email)));

CREATE TABLE recovery_codes (
    user_id INTEGER NOT NULL,
    code    BLOB NOT NULL,
    PRIMARY KEY (user_id, code)
) WITHOUT ROWID;

CREATE INDEX members_of_user ON members (user_id);

-- Links: of somebody's account, or of an operator, who needs none.
ALTER TABLE links RENAME TO links_before;
CREATE TABLE links (
    token      BLOB PRIMARY KEY,
    account_id INTEGER,
    user_id    INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    reusable   INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO links SELECT token, account_id, user_id, expires_at, reusable FROM links_before;
DROP TABLE links_before;
CREATE INDEX links_of_user ON links (user_id);

-- Sessions. `seen_at` moves at most once a minute; `authenticated_at` is when the person last proved who it is.
ALTER TABLE sessions RENAME TO sessions_before;
CREATE TABLE sessions (
    token            BLOB PRIMARY KEY,
    id               INTEGER NOT NULL UNIQUE,
    user_id          INTEGER NOT NULL,
    account_id       INTEGER,
    method           TEXT NOT NULL,
    device           TEXT NOT NULL,
    address          TEXT NOT NULL,
    created_at       INTEGER NOT NULL,
    seen_at          INTEGER NOT NULL,
    authenticated_at INTEGER NOT NULL,
    expires_at       INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO sessions
SELECT token, row_number() OVER (), user_id, account_id, 'link', '', '', created_at, created_at, created_at, expires_at
FROM sessions_before;
INSERT INTO ids SELECT 'session', count(*) + 1 FROM sessions;
DROP TABLE sessions_before;
CREATE INDEX sessions_of_user ON sessions (user_id);

-- While a key is rotated, `previous` is accepted too, until `previous_until`.
ALTER TABLE keys ADD COLUMN scope TEXT NOT NULL DEFAULT 'read_write';
ALTER TABLE keys ADD COLUMN expires_at INTEGER;
ALTER TABLE keys ADD COLUMN last_used_at INTEGER;
ALTER TABLE keys ADD COLUMN previous BLOB;
ALTER TABLE keys ADD COLUMN previous_until INTEGER;
CREATE INDEX keys_of_account ON keys (account_id, user_id);
