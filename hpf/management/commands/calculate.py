"""The calculators 试算: one JSON object in, one JSON object out, on the same rules that pages and postings use.

No table is read: what the rule needs stands in the input. Money is a string with at most two decimals, rates and
ratios are percent as strings, dates are ISO. Bad input ends with exit code 2 and {"error": {code, message, field}}.
"""

import json
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandParser

from deposits import rules
from hpf.errors import Refusal
from hpf.money import ZERO
from policy.states import CHOICES, DayCount, TermName

AMOUNT = re.compile(r"-?(0|[1-9][0-9]{0,15})(\.[0-9]{1,2})?")
RATE = re.compile(r"(0|[1-9][0-9]{0,2})(\.[0-9]{1,7})?")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class BadInput(Refusal):
    """The input is not what the calculator asks for 输入有误."""

    def __init__(self, code: str, message: str, *, field: str | None = None) -> None:
        self.message = message.replace("{", "{{").replace("}", "}}")
        self.code = code
        super().__init__(field=field)


@dataclass(frozen=True)
class Fields:
    """One JSON object of the input, read strictly: every field once, none that is not asked for 输入字段."""

    values: dict[str, Any]
    path: str = ""

    def place(self, name: str) -> str:
        return f"{self.path}{name}"

    def only(self, *names: str) -> None:
        """Refuse a field that nothing would read: a typing error must not change a result."""
        for name in self.values:
            if name not in names:
                raise BadInput(
                    "unknown_field", f"没有字段 {name}；可用字段：{'、'.join(names)}", field=self.place(name)
                )

    def text(self, name: str) -> str:
        if name not in self.values:
            raise BadInput("missing_field", f"缺少字段 {name}，请补充", field=self.place(name))
        value = self.values[name]
        if not isinstance(value, str):
            raise BadInput("not_text", f'{name} 应为带引号的文本，例如 "1200.00"', field=self.place(name))
        return value

    def amount(self, name: str, *, signed: bool = False) -> Decimal:
        """Money in yuan; negative only where money may go out."""
        text = self.text(name)
        if not AMOUNT.fullmatch(text) or (text.startswith("-") and not signed):
            raise BadInput("bad_money", f'{name} 应为金额，最多两位小数，例如 "1200.00"', field=self.place(name))
        return Decimal(text).quantize(ZERO)

    def percent(self, name: str) -> Decimal:
        text = self.text(name)
        if not RATE.fullmatch(text) or Decimal(text) > 100:
            raise BadInput("bad_rate", f'{name} 应为0至100之间的百分数，例如 "1.50"', field=self.place(name))
        return Decimal(text)

    def day(self, name: str) -> date:
        text = self.text(name)
        try:
            if not DAY.fullmatch(text):
                raise ValueError
            return date.fromisoformat(text)
        except ValueError:
            raise BadInput("bad_date", f'{name} 应为日期，例如 "2026-07-01"', field=self.place(name)) from None

    def choice(self, name: str, allowed: Iterable[str]) -> str:
        text, allowed = self.text(name), list(allowed)
        if text not in allowed:
            raise BadInput("bad_choice", f"{name} 只能是 {'、'.join(allowed)}", field=self.place(name))
        return text

    def rows(self, name: str, *columns: str) -> list["Fields"]:
        """A list of objects, each with exactly these columns."""
        if name not in self.values:
            raise BadInput("missing_field", f"缺少字段 {name}，请补充", field=self.place(name))
        rows = self.values[name]
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise BadInput("not_a_list", f"{name} 应为对象的列表", field=self.place(name))
        found = [Fields(row, f"{self.place(name)}[{i}].") for i, row in enumerate(rows)]
        for row in found:
            row.only(*columns)
        return found


def monthly_contribution(fields: Fields) -> dict[str, str]:
    """A month's contribution of one member 月缴存额 (R-101 to R-103)."""
    fields.only("base", "employer_ratio", "member_ratio", "floor", "cap", "round_to")
    floor, cap = fields.amount("floor"), fields.amount("cap")
    if floor > cap:
        raise BadInput("floor_above_cap", "基数下限不能高于上限，请核对", field="floor")
    monthly = rules.contribution(
        fields.amount("base"),
        employer_ratio=fields.percent("employer_ratio"),
        member_ratio=fields.percent("member_ratio"),
        floor=floor,
        cap=cap,
        unit=Decimal(fields.choice("round_to", CHOICES[TermName.ROUND_UNIT])),
    )
    return {
        "base_used": written(monthly.base_used),
        "employer_part": written(monthly.employer_part),
        "member_part": written(monthly.member_part),
        "total": written(monthly.total),
    }


def member_interest(fields: Fields) -> dict[str, str]:
    """Interest of one account over a period 账户计息 (R-201 to R-205)."""
    fields.only("opening_balance", "from", "to", "movements", "rates", "day_count")
    since, until = fields.day("from"), fields.day("to")
    if until < since:
        raise BadInput("ends_before_it_begins", "止息日不能早于起息日，请核对", field="to")
    opening_balance = fields.amount("opening_balance")
    movements = _movements(fields, since, until)
    _refuse_overdrawn(opening_balance, movements)
    earned = rules.member_interest(
        opening_balance,
        since,
        until,
        movements,
        _rates(fields, since),
        DayCount(fields.choice("day_count", DayCount.values)),
    )
    return {"interest_number": written(earned.number), "interest": written(earned.interest)}


def _movements(fields: Fields, since: date, until: date) -> list[rules.Movement]:
    movements = []
    for row in fields.rows("movements", "on", "amount"):
        on = row.day("on")
        if not since <= on <= until:
            raise BadInput("outside_the_period", f"发生日 {on} 不在计息期间内，请核对", field=row.place("on"))
        movements.append(rules.Movement(on, row.amount("amount", signed=True)))
    return movements


def _refuse_overdrawn(opening_balance: Decimal, movements: list[rules.Movement]) -> None:
    for on, balance in rules.end_of_day_balances(opening_balance, movements):
        if balance < 0:
            raise BadInput("overdrawn", f"{on} 日终余额为 {balance}，不能小于零，请核对发生额", field="movements")


def _rates(fields: Fields, since: date) -> list[rules.DatedRate]:
    rates: dict[date, rules.DatedRate] = {}
    for row in fields.rows("rates", "from", "annual_rate"):
        begins = row.day("from")
        if begins in rates:
            raise BadInput("two_rates_on_one_day", f"{begins} 有两个利率，请只保留一个", field=row.place("from"))
        rates[begins] = rules.DatedRate(begins, row.percent("annual_rate"))
    if not rates or min(rates) > since:
        raise BadInput("no_rate", f"{since} 没有利率，请补充该日或更早起执行的利率", field="rates")
    return list(rates.values())


KINDS: dict[str, Callable[[Fields], dict[str, str]]] = {
    "monthly_contribution": monthly_contribution,
    "member_interest": member_interest,
}


def calculated(kind: str, source: bytes) -> dict[str, str]:
    """The answer of one calculator to one JSON text 试算结果.

    Raises:
        BadInput: no such calculator, or an input it does not understand.
    """
    if kind not in KINDS:
        raise BadInput("unknown_kind", f"没有试算 {kind}；现有：{'、'.join(KINDS)}", field="kind")
    try:
        values = json.loads(source.decode("utf-8-sig"), object_pairs_hook=_object, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise BadInput("bad_json", "标准输入应为一个 UTF-8 编码的 JSON 对象，请检查格式") from None
    if not isinstance(values, dict):
        raise BadInput("bad_json", '标准输入应为一个 JSON 对象，例如 {"base": "12000.00", …}')
    return KINDS[kind](Fields(values))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        name = next(name for i, (name, _) in enumerate(pairs) if name in dict(pairs[:i]))
        raise BadInput("repeated_field", f"字段 {name} 出现了两次，请只保留一个", field=name)
    return values


def _no_number(constant: str) -> NoReturn:
    raise BadInput("bad_json", f"JSON 中不能出现 {constant}")


def written(amount: Decimal) -> str:
    """A figure with exactly two decimals 两位小数."""
    return f"{amount:.2f}"


class Command(BaseCommand):
    """`manage.py calculate KIND` 试算命令."""

    help = "试算：从标准输入读取一个 JSON 对象，输出一个 JSON 对象"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", nargs="?", default="", help="、".join(KINDS))

    def handle(self, *args: Any, kind: str, **options: Any) -> None:
        try:
            answer: dict[str, Any] = dict(calculated(kind, sys.stdin.buffer.read()))
        except BadInput as refusal:
            error = {"code": refusal.code, "message": refusal.sentence, "field": refusal.field}
            self._write({"error": error})
            sys.exit(2)
        self._write(answer)

    def _write(self, answer: dict[str, Any]) -> None:
        # A lone surrogate from the input cannot be printed as it is.
        text = json.dumps(answer, ensure_ascii=False).encode("utf-8", "backslashreplace").decode("utf-8")
        self.stdout.write(text)
