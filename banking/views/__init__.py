"""Counter pages of banking 银行与资金页面."""
