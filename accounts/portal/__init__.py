"""Portal pages of employers and members 网厅页面."""
