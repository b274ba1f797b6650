"""What the ledger does 核算动作: one file per journey."""
