"""What begins the chances of a night, so that a night can be told again, and another night be another."""

import os

FIRST = int(os.environ.get("HPF_NIGHT_SEED", "1"))
PARTS = 10  # of what is told many times, so that several processes may share it
