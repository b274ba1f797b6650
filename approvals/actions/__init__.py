"""Opening, signing and withdrawing cases 复核审批: one file per journey."""
