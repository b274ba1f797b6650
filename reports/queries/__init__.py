"""Reads that join rooms 报表查询: the manager's figures, arrears, what a parameter touches, interest years."""
