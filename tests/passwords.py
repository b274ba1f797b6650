"""How tests hash passwords: as the product does, without the work that makes guessing dear."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class QuickArgon2(Argon2PasswordHasher):
    """The product's hasher at its least cost; what it writes the product reads."""

    time_cost, memory_cost, parallelism = 1, 8, 1
