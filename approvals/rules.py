"""What a signature rests on, and how long one may wait for it 复核依据与时限."""

import hashlib
import json
from collections.abc import Mapping

from approvals.states import Pressure


def digest_of(facts: Mapping[str, str]) -> str:
    """The SHA-256 of facts, the same for the same facts in any order 内容摘要.

    A page carries the digest of what it showed; the signature is refused when the facts have another one by then.
    """
    spelt = json.dumps(dict(facts), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(spelt.encode()).hexdigest()


def pressure(waited: int, allowed: int | None) -> Pressure:
    """How near the end of its time a case is that waited so many of the days allowed 办理时限: half, 80 percent, past.

    Without a limit, none.
    """
    if allowed is None or waited * 2 < allowed:
        return Pressure.NONE
    if waited > allowed:
        return Pressure.OVER
    return Pressure.NEAR if waited * 5 >= allowed * 4 else Pressure.HALF
