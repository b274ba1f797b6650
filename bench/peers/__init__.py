"""Two double-entry packages for Django, measured beside our ledger by their own public functions.

The modules `books_of_…`, `settings` and `work` run in an environment of their own and use nothing of ours but the
meter; `run` makes that environment and asks them.
"""
