"""What may be done with people and rights 用户与权限: one file per journey."""
