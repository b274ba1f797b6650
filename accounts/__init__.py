"""Accounts 单位、职工、个人账户: who saves with us - employers, members and their fund accounts.

It moves no money: balances stand in the ledger, contributions in deposits.
"""
