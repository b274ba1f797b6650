"""Particulars as text 申报内容: what is kept sealed, what is read back, and what a person is shown of it."""

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from hpf.months import Month
from withdrawals.rules.factors import yuan
from withdrawals.rules.questions import Particulars, Purchase, Rent, Repayment, Retirement
from withdrawals.rules.subjects import same_number
from withdrawals.states import Category


def written(particulars: Particulars) -> str:
    """What was declared, as one text 申报内容."""
    if isinstance(particulars, Rent):
        rent = None if particulars.rent is None else str(particulars.rent)
        told: dict[str, object] = {"first": str(particulars.first), "last": str(particulars.last), "rent": rent}
    elif isinstance(particulars, Purchase):
        signed_on = particulars.signed_on.isoformat()
        told = {"house": particulars.house, "signed_on": signed_on, "price": str(particulars.price)}
    elif isinstance(particulars, Repayment):
        repaid = {str(month): str(amount) for month, amount in sorted(particulars.repaid.items())}
        told = {"contract": particulars.contract, "repaid": repaid}
    else:
        told = {"retired_on": particulars.retired_on.isoformat()}
    return json.dumps(told, ensure_ascii=False)


def read(category: Category, text: str) -> Particulars:
    """What was declared, from its text 申报内容."""
    return READERS[category](json.loads(text))


def subject_of(particulars: Particulars) -> str:
    """The number of the house or the loan, however it was typed 房屋或贷款编号 (R-622); empty where there is none."""
    if isinstance(particulars, Purchase):
        return same_number(particulars.house)
    return same_number(particulars.contract) if isinstance(particulars, Repayment) else ""


def shown(particulars: Particulars) -> dict[str, str]:
    """What a person reads of it before signing 申报内容的显示."""
    if isinstance(particulars, Rent):
        rent = yuan(particulars.rent) if particulars.rent else "未填写"
        return {"租住月份": f"{particulars.first} 至 {particulars.last}", "月租金": rent}
    if isinstance(particulars, Purchase):
        signed_on, price = particulars.signed_on.isoformat(), yuan(particulars.price)
        return {"合同或产权证号": particulars.house, "合同签订日期": signed_on, "房屋总价": price}
    if isinstance(particulars, Repayment):
        repaid = "；".join(f"{month} {yuan(amount)}" for month, amount in sorted(particulars.repaid.items()))
        return {"借款合同号": particulars.contract, "已还本息": repaid}
    return {"退休日期": particulars.retired_on.isoformat()}


READERS: dict[Category, Callable[[dict[str, Any]], Particulars]] = {
    Category.RENT: lambda told: Rent(
        Month.parse(told["first"]), Month.parse(told["last"]), Decimal(told["rent"]) if told["rent"] else None
    ),
    Category.PURCHASE: lambda told: Purchase(
        told["house"], date.fromisoformat(told["signed_on"]), Decimal(told["price"])
    ),
    Category.LOAN_REPAYMENT: lambda told: Repayment(
        told["contract"], {Month.parse(month): Decimal(amount) for month, amount in told["repaid"].items()}
    ),
    Category.RETIREMENT: lambda told: Retirement(date.fromisoformat(told["retired_on"])),
}
