-- Which gaps were announced, and at which stage: once each, whatever the number of nodes.
CREATE TABLE gap_notices (
    subject TEXT NOT NULL,
    start_at BIGINT NOT NULL,
    stage TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (subject, start_at, stage)
);
