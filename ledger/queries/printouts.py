"""What of the books is printed 账务打印件."""

from collections.abc import Sequence

from django.db.models import Count, Sum

from hpf.errors import Refusal
from hpf.money import ZERO
from hpf.printing.shapes import LedgerVoucher, VoucherLine
from ledger import rules
from ledger.models import Entry, Voucher
from ledger.queries.books import entries_of
from ledger.states import Side

# As many lines as anybody reads on paper; a voucher that has more is printed as sums.
MOST_LINES = 500
MOST_LINES_TOGETHER = 5000


class TooManyLines(Refusal):
    """More lines than go into one file 分录过多."""

    message = "所选凭证共有 {count} 条分录，一次最多打印 {most} 条；请分几次打印"
    code = "too_many_lines"


def voucher_printouts(vouchers: Sequence[Voucher]) -> list[LedgerVoucher]:
    """Vouchers as they are printed 记账凭证打印件: their lines; if one has too many, sums by chart account and office.

    Raises:
        TooManyLines: together they have more lines than go into one file.
    """
    summed = [voucher for voucher in vouchers if voucher.line_count > MOST_LINES]
    whole = [voucher for voucher in vouchers if voucher.line_count <= MOST_LINES]
    count = sum(voucher.line_count for voucher in whole)
    if len(vouchers) > 1 and count > MOST_LINES_TOGETHER:
        raise TooManyLines(count=f"{count:,}", most=f"{MOST_LINES_TOGETHER:,}")
    lines = _lines(whole) | _summed_lines(summed)
    return [_printout(voucher, lines[voucher.pk]) for voucher in vouchers]


def _printout(voucher: Voucher, lines: list[VoucherLine]) -> LedgerVoucher:
    return LedgerVoucher(
        number=str(voucher.pk),
        kind=voucher.kind.name,
        source=f"{voucher.kind_id}:{voucher.source}",
        why=voucher.why,
        booked_on=voucher.booked_on,
        interest_on=voucher.interest_on,
        maker=f"{voucher.by.name}（{voucher.by.get_post_display()}）",
        made_at=voucher.made_at,
        lines=lines,
        line_count=voucher.line_count,
        summed=voucher.line_count > MOST_LINES,
        debit=sum((line.debit for line in lines if line.debit is not None), ZERO),
        credit=sum((line.credit for line in lines if line.credit is not None), ZERO),
        capitals=rules.in_capitals(voucher.total),
    )


def _lines(vouchers: Sequence[Voucher]) -> dict[int, list[VoucherLine]]:
    """The lines of each voucher, debits first."""
    lines: dict[int, list[VoucherLine]] = {voucher.pk: [] for voucher in vouchers}
    for entry in entries_of(*vouchers):
        lines[entry.voucher_id].append(_line(entry))
    return lines


def _line(entry: Entry) -> VoucherLine:
    return VoucherLine(
        chart=f"{entry.chart_id} {entry.chart.name}",
        account=f"{entry.account_id} {entry.account.kind.name}",
        office=entry.branch.name,
        debit=entry.amount if entry.side == Side.DEBIT else None,
        credit=entry.amount if entry.side == Side.CREDIT else None,
    )


def _summed_lines(vouchers: Sequence[Voucher]) -> dict[int, list[VoucherLine]]:
    """The lines of each voucher added up by chart account and office, debits first."""
    lines: dict[int, list[VoucherLine]] = {voucher.pk: [] for voucher in vouchers}
    groups = entries_of(*vouchers).values(
        "voucher_id", "side", "chart_id", "chart__name", "branch__code", "branch__name"
    )
    rows = groups.annotate(sum=Sum("amount"), count=Count("line")).order_by("-side", "chart_id", "branch__code")
    for row in rows:
        line = VoucherLine(
            chart=f"{row['chart_id']} {row['chart__name']}",
            account=f"{row['count']:,} 条分录",
            office=row["branch__name"],
            debit=row["sum"] if row["side"] == Side.DEBIT else None,
            credit=row["sum"] if row["side"] == Side.CREDIT else None,
        )
        lines[row["voucher_id"]].append(line)
    return lines
