"""Notes and moves 留痕: one file per journey."""
