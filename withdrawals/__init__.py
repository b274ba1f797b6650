"""Withdrawals 提取: money out - what a member may withdraw, the application, its decision, its payment and its undoing.

It holds no money itself (the ledger does) and hands nothing to a bank (banking does). Each category is declared in one
file under `rules`; one function quotes and decides.
"""
