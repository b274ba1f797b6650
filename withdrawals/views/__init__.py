"""Counter pages of withdrawals 柜台提取页面."""
