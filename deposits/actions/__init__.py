"""What may be done with money in 归集业务: one file per journey."""
