"""What may be done with banks and receipts 银行业务: one file per journey."""
