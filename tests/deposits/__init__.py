"""Deposits 归集: rules as worked examples, one file per journey."""
