"""What may be done with employers and members 单位与职工业务: one file per journey."""
