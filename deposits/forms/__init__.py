"""What people enter about money that comes in 归集表单: lists and receipts, and refunds."""
