-- What lets somebody in by the browser. A password is kept as its digest alone (PBKDF2), the secret of a second factor sealed.
CREATE TABLE passwords (
    user_id TEXT PRIMARY KEY REFERENCES users (id),
    salt {bytes} NOT NULL,
    digest {bytes} NOT NULL,
    rounds BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);
-- proved_at is NULL until the first code came back; last_step is the time step of the last code that was taken: each counts once.
CREATE TABLE second_factors (
    user_id TEXT PRIMARY KEY REFERENCES users (id),
    sealed {bytes} NOT NULL,
    made_at BIGINT NOT NULL,
    proved_at BIGINT,
    last_step BIGINT NOT NULL
);
CREATE TABLE recovery_codes (
    user_id TEXT NOT NULL REFERENCES users (id),
    digest {bytes} NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (user_id, digest)
);
-- Tries that failed, by account and source and by source alone. The subject is a keyed digest: neither is kept in clear.
CREATE TABLE sign_in_tries (
    subject {bytes} PRIMARY KEY,
    failures BIGINT NOT NULL,
    last_at BIGINT NOT NULL
);
CREATE INDEX sign_in_tries_last ON sign_in_tries (last_at);
