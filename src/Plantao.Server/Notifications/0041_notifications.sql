-- What travels in a page is asked at each sending.
CREATE INDEX hops_merged ON hops (detail) WHERE kind = 'Merged';
