-- The plain scale of severities: labels as a team writes them, each with its global rank.
CREATE TABLE severity_scales (
    name TEXT PRIMARY KEY,
    team TEXT,
    doc TEXT NOT NULL,
    revision BIGINT NOT NULL,
    removed_at BIGINT
);
