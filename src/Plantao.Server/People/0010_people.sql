-- Who there is, how they are reached, and what lets them in.
CREATE TABLE users (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    display_name TEXT NOT NULL,
    email TEXT NOT NULL UNIQUE,
    zone TEXT NOT NULL,
    language TEXT NOT NULL,
    role TEXT NOT NULL,
    status TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE teams (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    private BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE TABLE team_members (
    team_id TEXT NOT NULL REFERENCES teams (id),
    user_id TEXT NOT NULL REFERENCES users (id),
    role TEXT NOT NULL,
    PRIMARY KEY (team_id, user_id)
);
CREATE INDEX team_members_user ON team_members (user_id);

-- Where the address itself lets anybody send (the link of a Slack or Teams webhook, an ntfy topic), address is only what may be shown,
-- and the whole, with the secret that signs messages to it, is sealed. The keyed digest tells a repeat.
CREATE TABLE contact_methods (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id),
    channel TEXT NOT NULL,
    address TEXT NOT NULL,
    digest {bytes} NOT NULL,
    sealed {bytes},
    position BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    verified_at BIGINT,
    disabled_at BIGINT,
    disabled_why TEXT,
    UNIQUE (user_id, channel, digest)
);
-- One code at a time for each method; the digest is keyed, since six digits are soon tried out.
CREATE TABLE contact_codes (
    contact_method_id TEXT PRIMARY KEY,
    digest {bytes} NOT NULL,
    expires_at BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    sent_at BIGINT NOT NULL
);
CREATE TABLE notification_rules (
    user_id TEXT NOT NULL REFERENCES users (id),
    urgency TEXT NOT NULL,
    steps TEXT NOT NULL,
    PRIMARY KEY (user_id, urgency)
);

-- What lets in is stored as a SHA-256 digest of 190 random bits: it cannot be turned back, and is found by its index.
CREATE TABLE api_tokens (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    user_id TEXT REFERENCES users (id),
    team_id TEXT REFERENCES teams (id),
    name TEXT NOT NULL,
    digest {bytes} NOT NULL UNIQUE,
    scopes TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    last_used_at BIGINT,
    revoked_at BIGINT
);
CREATE INDEX api_tokens_user ON api_tokens (user_id);
CREATE INDEX api_tokens_team ON api_tokens (team_id);
CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id),
    digest {bytes} NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT,
    user_agent TEXT
);
CREATE INDEX sessions_user ON sessions (user_id);

-- At most one code is good at a time: making another ends the one before.
CREATE TABLE setup_codes (
    id TEXT PRIMARY KEY,
    digest {bytes} NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    ended_at BIGINT
);

-- One use, 7 days: the digest of what the invited person holds.
CREATE TABLE invitations (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id),
    digest {bytes} NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX invitations_user ON invitations (user_id);
