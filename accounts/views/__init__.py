"""Counter pages of employers and members 柜台页面."""
