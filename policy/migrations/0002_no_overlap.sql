-- One parameter has at most one value on any day, whoever writes it.
CREATE EXTENSION IF NOT EXISTS btree_gist;

ALTER TABLE policy_term
    ADD CONSTRAINT policy_term_one_value_a_day
    EXCLUDE USING gist (name WITH =, daterange(valid_from, valid_to, '[)') WITH &&);

-- The application reads. A new value comes with a document and a second signature, not from a page alone.
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON policy_term FROM hpf_app;
