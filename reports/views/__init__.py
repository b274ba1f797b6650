"""Counter pages of reports 报表页面."""
