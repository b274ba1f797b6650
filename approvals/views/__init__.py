"""Counter pages of the inbox, of deputies and of papers 待办、代理与要件页面."""
