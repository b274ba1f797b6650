"""What of the books is printed 账务打印件."""

from django.db.models import Count, Sum

from hpf.printing.shapes import LedgerVoucher, VoucherLine
from ledger import rules
from ledger.models import Entry, Voucher
from ledger.queries.books import entries_of, sums_of
from ledger.states import Side

# As many lines as anybody reads on paper; a voucher that has more is printed as sums.
MOST_LINES = 500


def voucher_printout(voucher: Voucher) -> LedgerVoucher:
    """A voucher as it is printed 记账凭证打印件: its lines; if too many, sums by chart account and office."""
    summed, sums = voucher.line_count > MOST_LINES, sums_of(voucher)
    return LedgerVoucher(
        number=str(voucher.pk),
        kind=voucher.kind.name,
        source=f"{voucher.kind_id}:{voucher.source}",
        why=voucher.why,
        booked_on=voucher.booked_on,
        interest_on=voucher.interest_on,
        maker=f"{voucher.by.name}（{voucher.by.get_post_display()}）",
        made_at=voucher.made_at,
        lines=_summed_lines(voucher) if summed else [_line(entry) for entry in entries_of(voucher)],
        line_count=voucher.line_count,
        summed=summed,
        debit=sums.debit,
        credit=sums.credit,
        capitals=rules.in_capitals(voucher.total),
    )


def _line(entry: Entry) -> VoucherLine:
    return VoucherLine(
        chart=f"{entry.chart_id} {entry.chart.name}",
        account=f"{entry.account_id} {entry.account.kind.name}",
        office=entry.branch.name,
        debit=entry.amount if entry.side == Side.DEBIT else None,
        credit=entry.amount if entry.side == Side.CREDIT else None,
    )


def _summed_lines(voucher: Voucher) -> list[VoucherLine]:
    entries = Entry.objects.filter(booked_on=voucher.booked_on, voucher=voucher)
    groups = entries.values("side", "chart_id", "chart__name", "branch__code", "branch__name")
    rows = groups.annotate(sum=Sum("amount"), count=Count("line")).order_by("-side", "chart_id", "branch__code")
    return [
        VoucherLine(
            chart=f"{row['chart_id']} {row['chart__name']}",
            account=f"{row['count']:,} 条分录",
            office=row["branch__name"],
            debit=row["sum"] if row["side"] == Side.DEBIT else None,
            credit=row["sum"] if row["side"] == Side.CREDIT else None,
        )
        for row in rows
    ]
