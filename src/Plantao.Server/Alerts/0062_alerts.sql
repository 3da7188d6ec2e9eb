-- One row stands for all that an integration was refused for being too many in five minutes.
ALTER TABLE refusals ADD COLUMN count BIGINT NOT NULL DEFAULT 1;
-- What stands for a signal's payload once that is no longer kept: SHA-256 of its body, in hex.
ALTER TABLE signals ADD COLUMN digest TEXT;
