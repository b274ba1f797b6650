"""What a signature rests on 复核依据."""

import hashlib
import json
from collections.abc import Mapping


def digest_of(facts: Mapping[str, str]) -> str:
    """The SHA-256 of facts, the same for the same facts in any order 内容摘要.

    A page carries the digest of what it showed; the signature is refused when the facts have another one by then.
    """
    spelt = json.dumps(dict(facts), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(spelt.encode()).hexdigest()
