"""What an employer would do at its bank's counter, for demonstrations: hand the bank simulator a payment order.

Used in a demonstration only; a real employer pays at its own bank, and nothing here is called.
"""

import json
from decimal import Decimal
from pathlib import Path

# An employer without a registered account pays from one the centre does not know.
STRANGE_ACCOUNT = "9558800000000000018"


def order(folder: Path, reference: str, amount: Decimal, payer_name: str, payer_account: str) -> None:
    """Leave an order in the simulator's inbox 模拟付款委托; under the same reference it is paid once.

    The file is written under another name and renamed, so that the simulator never reads half an order.
    """
    inbox = folder / "simulator" / "inbox"
    inbox.mkdir(parents=True, exist_ok=True)
    written = inbox / f".{reference}.part"
    written.write_text(
        json.dumps(
            {
                "reference": reference,
                "amount": f"{amount:.2f}",
                "payer_name": payer_name,
                "payer_account": payer_account or STRANGE_ACCOUNT,
            },
            ensure_ascii=False,
        ),
        encoding="utf-8",
    )
    written.rename(inbox / f"{reference}.json")
