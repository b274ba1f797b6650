"""Approvals 复核审批: the second signature. A room opens a case, shows its own page to decide it,
and goes on by itself.

It knows who may sign and that the checker is never the maker. It knows no business: a case copies what the maker
entered, as text, and names the page that decides it by its URL name. Nobody is called back.
"""
