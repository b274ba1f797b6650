"""The ledger: posting, guards, days and proofs, against a real PostgreSQL."""
