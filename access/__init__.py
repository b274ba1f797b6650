"""Access 用户、网点、岗位、权限: people, branches, posts and rights, and the machines that call us.

API clients, their keys, nonces and idempotency rows live here, since a door must check them before any room above
is reached. It is not the register of members or employers: those are accounts.
"""
