"""Changing the dated parameters 政策参数调整."""
