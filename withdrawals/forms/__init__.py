"""What is entered of withdrawals 提取表单."""
