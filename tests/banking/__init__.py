"""Banks, receipts and the bank API."""
