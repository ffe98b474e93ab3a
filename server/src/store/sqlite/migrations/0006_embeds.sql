-- Embeds: panels in a partner's portal.
CREATE TABLE embeds (
    account_id       INTEGER NOT NULL,
    public_id        TEXT NOT NULL UNIQUE,
    settings         TEXT NOT NULL,
    created_at       INTEGER NOT NULL,
    last_launched_at INTEGER,
    PRIMARY KEY (account_id, public_id)
) WITHOUT ROWID;

-- Panels that were launched: first by a code, which works once, then by a token. A code that was used is kept until its token is
-- over: whoever brings it again ends that too.
CREATE TABLE panels (
    id         INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL,
    public_id  TEXT NOT NULL,
    user_id    INTEGER NOT NULL,
    role       TEXT NOT NULL,
    origin     TEXT NOT NULL,
    -- Whoever launched it, and by which key, where it was by one.
    launcher   INTEGER NOT NULL,
    key        TEXT,
    code       BLOB NOT NULL UNIQUE,
    token      BLOB UNIQUE,
    expires_at INTEGER NOT NULL
);
CREATE INDEX panels_of_person ON panels (account_id, user_id);
CREATE INDEX panels_by_end ON panels (expires_at);
