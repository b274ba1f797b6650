"""Deposits 归集: money in - the monthly remittance, its allocation to members, and their interest.

It does not talk to banks (banking does) and does not keep accounts (accounts does).
"""
