-- One row stands for all that an integration was refused for being too many in five minutes.
ALTER TABLE refusals ADD COLUMN count BIGINT NOT NULL DEFAULT 1;
