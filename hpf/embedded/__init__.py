"""The embedded servers 内嵌服务: a PostgreSQL and a Valkey for a copy that is given no addresses.

`lease.environment` is what a command needs, `postgres.start` and `valkey.start` what a test
needs. Standard library only, since it runs before anything else does. A production copy sets
DATABASE_URL and REDIS_URL and never comes here.
"""
