-- When a person was last paged (High) or told (Low) with something of rank 2 or 3: one message a minute, and what comes meanwhile goes together.
CREATE TABLE last_paged (
    user_id TEXT NOT NULL,
    urgency TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (user_id, urgency)
);
