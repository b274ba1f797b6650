"""What banks, payers and payees' banks do on request that they should not 异常行为."""

from enum import StrEnum
from pathlib import Path

WISHES = "misbehave"  # the file of words in the simulator's folder, read each time it matters


class Misbehaviour(StrEnum):
    """What the simulator does on request; none of it may book anything twice or wrongly, or lose money."""

    REPEAT = "repeat"  # the bank reports every notice again, under a new idempotency key
    LOSE = "lose"  # it loses the first answer, and asks again with the same key
    CHANGE = "change"  # it reports again with another amount under the same serial number
    REPLAY = "replay"  # it sends the very same signed request twice
    FORGE = "forge"  # it sends first with a wrong signature
    DOUBLE = "double"  # the payer pays twice, under two serial numbers
    SHORT = "short"  # pays half of it
    LATE = "late"  # pays after the time
    NAMELESS = "nameless"  # pays without a reference, from an account nobody knows
    JOINT = "joint"  # pays orders that wait together in one sum
    ANSWER_LATE = "answer_late"  # the bank says of what it paid only after the time
    ANSWER_TWICE = "answer_twice"  # says everything twice
    DISORDER = "disorder"  # says the last thing first
    SILENT = "silent"  # pays, and says nothing until it is asked
    DEAF = "deaf"  # fetches payments and knows nothing of them
    REJECT = "reject"  # does not pay, and says so
    WRONG_AMOUNT = "wrong_amount"  # first says it paid another amount
    RETURN = "return"  # pays, and gives the money back


def wished(folder: Path) -> frozenset[Misbehaviour]:
    """What the file in the simulator's folder asks for at this moment 临时要求; words we do not know are no wish."""
    try:
        words = (folder / WISHES).read_text(encoding="utf-8").split()
    except FileNotFoundError:
        return frozenset()
    return frozenset(Misbehaviour(word) for word in words if word in list(Misbehaviour))
