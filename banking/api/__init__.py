"""What entrusted banks call 银行接口. Signing and repetition are the door's (docs/bank-api.md)."""
