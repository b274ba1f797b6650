"""Accounts 单位与个人账户: rules as worked examples, one file per journey."""
