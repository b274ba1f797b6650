"""Lines to banks that we call 银行外联."""
