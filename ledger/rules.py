"""Arithmetic of the books 核算计算: amounts in words, balances in the columns of their side, and how far work is."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ((10**8, "亿"), (10**4, "万"), (1000, "仟"), (100, "佰"), (10, "拾"))


def in_capitals(amount: Decimal) -> str:
    """An amount in yuan as a voucher writes it 金额大写, such as 壹仟肆佰零玖元伍角整; below nothing it begins with 负.

    Source: 支付结算办法 (银发〔1997〕393号), annex 1, items 1 to 4: what ends at yuan or jiao is closed with 整; zeros
    in between are written once.
    """
    fen = int(abs(amount).scaleb(2))
    yuan, jiao, fen = fen // 100, fen // 10 % 10, fen % 10
    words = "负" if amount < 0 else ""
    if yuan or not (jiao or fen):
        words += (_whole(yuan) or DIGITS[0]) + "元"
    if jiao:
        words += DIGITS[jiao] + "角"
    elif fen and yuan:
        words += DIGITS[0]
    return words + (DIGITS[fen] + "分" if fen else "整")


def in_columns(balance: Decimal) -> tuple[Decimal | None, Decimal | None]:
    """A balance (debits less credits, yuan) in the debit or the credit column 借贷方栏; nothing stands in neither."""
    return (balance if balance > 0 else None, -balance if balance < 0 else None)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a piece of work is 进度: things done of all, things a second, and the time it will still take."""

    done: int
    total: int
    rate: Decimal | None = None
    left: timedelta | None = None


def progress(done: int, total: int, worked: timedelta | None) -> Progress:
    """What is done of a total in the time worked 进度: at the pace so far, the rest takes as much each.

    Nothing is foretold before something is done, or when all is.
    """
    if not worked or worked <= timedelta(0) or not 0 < done < total:
        return Progress(done, total)
    seconds = Decimal(worked // timedelta(milliseconds=1)) / 1000
    return Progress(done, total, (done / seconds).quantize(Decimal("0.1")), worked * (total - done) / done)


def _whole(number: int) -> str:
    """A whole number in capitals, nothing for zero; a skipped place is one 零."""
    for size, place in PLACES:
        if number >= size:
            high, low = divmod(number, size)
            gap = DIGITS[0] if 0 < low < size // 10 else ""
            return f"{_whole(high)}{place}{gap}{_whole(low)}"
    return DIGITS[number] if number else ""
