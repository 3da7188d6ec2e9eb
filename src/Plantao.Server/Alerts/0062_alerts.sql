-- What stands for a signal's payload once that is no longer kept: SHA-256 of its body, in hex.
ALTER TABLE signals ADD COLUMN digest TEXT;
