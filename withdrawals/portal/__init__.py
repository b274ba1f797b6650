"""The member's own pages of withdrawals 个人网厅的提取页面."""
