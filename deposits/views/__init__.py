"""Counter pages of money that comes in 归集柜台页面: lists and receipts, and refunds."""
