"""Ledger 会计核算: double entry for every sub-ledger - chart accounts, ledger accounts, vouchers, entries, days.

One gate writes money: the posting function of the database. The ledger knows no employer, member or loan; an
owner's table holds the key of its ledger account.
"""
