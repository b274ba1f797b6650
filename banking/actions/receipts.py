"""Money that came in 到账: booking what banks report, and claiming it for a business.

A notice is booked at once to suspense 待查, whatever it is for: the business rooms find out, and claim it.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection, transaction

from access.models import User
from audit.actions import trail
from banking import queries, rules
from banking.models import Bank, BankAccount, Receipt, RefusedNotice
from banking.rules import Malformed, Notice
from banking.states import NoticeOutcome, RefusalCode
from hpf import numbers, privacy
from hpf.errors import Overtaken, Refusal
from hpf.money import ZERO
from ledger.actions import opening, posting
from policy.queries import numbers_on
from policy.states import TermName

VOUCHER_KIND = "banking.receipt"
SUSPENSE = "21902"  # 待查到账
SHOWN_CHARACTERS = 200

DayNotOpen = posting.DayNotOpen  # named here for the door, which then tries the day that is open now


class NotUnclaimed(Refusal):
    """More is claimed than is left 超出待认领金额."""

    message = "该笔到账的待认领金额为 {unclaimed} 元，不能认领 {amount} 元"
    code = "not_unclaimed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one notice 到账通知处理结果; `message` says why it was refused."""

    serial: str
    outcome: NoticeOutcome
    code: RefusalCode | None = None
    receipt_id: int | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class _Judged:
    """A notice with its reason to be refused, or the row it would become."""

    notice: Notice | Malformed
    code: RefusalCode | None
    index: bytes
    fingerprint: bytes


@transaction.atomic
def book(
    bank: Bank, notices: Sequence[Notice | Malformed], *, by: User, on: date, today: date | None = None
) -> list[Outcome]:
    """Book what a bank reports, each notice for itself, and answer for each in its order 到账入账.

    Dr the bank account, Cr suspense 待查 (domain rules 10, event 5), one voucher a receipt. The same notice again is
    `repeated`, however long ago it was booked; the same serial number with other content is refused and kept for a
    clerk, as is every other refusal. Money counts as come in until `today`, the calendar's day, or the business day
    `on` if that is later, and may lie so many days before `on` as the centre sets (R-304).

    Raises:
        DayNotOpen: the day turned meanwhile.
        NoTerm: nobody set how many days a receipt may lie back.
    """
    accounts = {account.number: account for account in queries.open_accounts_of(bank)}
    [days] = numbers_on([TermName.RECEIPT_OLDEST_DAYS], on)
    came = {"earliest": on - timedelta(days=days), "latest": max(on, today or on)}
    judged = [_judge(notice, accounts, **came) for notice in notices]
    rows = _rows(bank, judged, accounts, on)
    # Rows come in the order of their serial numbers, so that two requests wait for each other and never in a ring;
    # a notice that another request is booking just now is waited for, and found below.
    Receipt.objects.bulk_create(rows, ignore_conflicts=True)
    serials = {one.notice.serial for one in judged}
    stored = Receipt.objects.filter(bank=bank, serial__in=serials).only("serial", "fingerprint")
    known = {row.serial: row for row in stored}
    booked = {row.serial: row for row in rows if known[row.serial].pk == row.pk}
    _post(list(booked.values()), accounts, by=by, on=on)
    outcomes = _outcomes(judged, known, set(booked))
    _keep_refused(bank, judged, outcomes)
    words = Counter(answer.outcome.value for answer in outcomes)
    trail.note("book_receipts", bank, by=by, on=on, outcomes=dict(words))
    return outcomes


def claim(receipt: Receipt, amount: Decimal, *, by: User, on: date) -> None:
    """Claim some yuan of a receipt for a business, which posts them out of suspense in the same transaction 认领到账.

    Raises:
        NotUnclaimed: the amount is not positive, or more than is left; two claims at once cannot both take the rest.
    """
    with transaction.atomic():
        unclaimed = (
            Receipt.objects.select_for_update(of=("self",)).values_list("unclaimed", flat=True).get(pk=receipt.pk)
        )
        if not 0 < amount <= unclaimed:
            raise NotUnclaimed(unclaimed=unclaimed, amount=amount)
        receipt.unclaimed = unclaimed - amount
        receipt.save(update_fields=["unclaimed"])
        trail.note("claim_receipt", receipt, by=by, on=on, before={"unclaimed": unclaimed}, unclaimed=receipt.unclaimed)


def give_back(receipt: Receipt, amount: Decimal, *, by: User, on: date) -> None:
    """Put back some yuan a business had claimed of a receipt and does not take after all 退还待认领.

    Where the money has left suspense, the same transaction posts it back. The database refuses more than was claimed.
    """
    with transaction.atomic():
        rows = Receipt.objects.select_for_update(of=("self",))
        unclaimed = rows.values_list("unclaimed", flat=True).get(pk=receipt.pk)
        receipt.unclaimed = unclaimed + amount
        receipt.save(update_fields=["unclaimed"])
        before: dict[str, object] = {"unclaimed": unclaimed}
        trail.note("give_back_receipt", receipt, by=by, on=on, before=before, unclaimed=receipt.unclaimed)


def claim_whole(receipts: Sequence[Receipt], *, by: User, on: date) -> None:
    """Claim all that is left of many receipts, for a business that posts them as after `claim` 整笔认领到账.

    Raises:
        Overtaken: nothing is left of one of them.
    """
    told = [trail.Told(receipt, {"unclaimed": ZERO}, {"unclaimed": receipt.unclaimed}) for receipt in receipts]
    with transaction.atomic():
        open_ones = Receipt.objects.filter(pk__in=[receipt.pk for receipt in receipts], unclaimed__gt=0)
        if open_ones.update(unclaimed=ZERO) != len(receipts):
            raise Overtaken
        trail.note_many("claim_receipt", told, by=by, on=on)


def _judge(notice: Notice | Malformed, accounts: dict[str, BankAccount], *, earliest: date, latest: date) -> _Judged:
    if isinstance(notice, Malformed):
        fingerprint = privacy.blind_index("notice", repr(sorted(notice.given.items())))
        return _Judged(notice, RefusalCode.MALFORMED, b"", fingerprint)
    index = privacy.blind_index("account_number", notice.payer_account) if notice.payer_account else b""
    code = rules.reason_to_refuse(notice, accounts=accounts, earliest=earliest, latest=latest)
    return _Judged(notice, code, index, rules.fingerprint(notice, index))


def _rows(bank: Bank, judged: list[_Judged], accounts: dict[str, BankAccount], on: date) -> list[Receipt]:
    """The receipts to be inserted: for each serial number the first notice that may be booked."""
    first: dict[str, _Judged] = {}
    for one in judged:
        if one.code is None:
            first.setdefault(one.notice.serial, one)
    ids = numbers.draw_ids(Receipt, len(first)) if first else []
    rows = []
    for pk, (serial, one) in zip(ids, sorted(first.items()), strict=True):
        notice = one.notice
        assert isinstance(notice, Notice)
        row = Receipt(
            pk=pk,
            bank=bank,
            account=accounts[notice.account],
            serial=serial,
            amount=notice.amount,
            unclaimed=notice.amount,
            paid_on=notice.paid_on,
            payer_name=notice.payer_name,
            payer_account_index=one.index,
            payer_bank=notice.payer_bank,
            remark=notice.remark,
            fingerprint=one.fingerprint,
            booked_on=on,
        )
        row.payer_account = notice.payer_account
        rows.append(row)
    return rows


VOUCHERS = """
update banking_receipt r set voucher_id = v.voucher
from unnest(%s::bigint[], %s::bigint[]) v (receipt, voucher)
where r.id = v.receipt
"""


def _post(receipts: list[Receipt], accounts: dict[str, BankAccount], *, by: User, on: date) -> None:
    if not receipts:
        return
    branches = {account.ledger_account.branch_id for account in accounts.values()}
    suspense = opening.internals([SUSPENSE], sorted(branches), on=on)
    drafts = []
    for receipt in receipts:
        account = receipt.account.ledger_account
        entries = [
            posting.debit(account.pk, receipt.amount),
            posting.credit(suspense[SUSPENSE, account.branch_id], receipt.amount),
        ]
        drafts.append(posting.Draft(receipt.pk, lines=entries))
    vouchers = posting.post_batch(VOUCHER_KIND, drafts, by=by, on=on)
    with connection.cursor() as cursor:
        cursor.execute(VOUCHERS, [[receipt.pk for receipt in receipts], vouchers])


def _outcomes(judged: list[_Judged], known: dict[str, Receipt], booked: set[str]) -> list[Outcome]:
    """One answer for each notice; of those with one serial number in a request, the first is the one that is booked."""
    answers = []
    for one in judged:
        serial = one.notice.serial
        if serial in known and bytes(known[serial].fingerprint) == one.fingerprint:
            outcome = NoticeOutcome.BOOKED if serial in booked else NoticeOutcome.REPEATED
            booked.discard(serial)
            answers.append(Outcome(serial, outcome, None, known[serial].pk))
        elif one.code is not None:
            message = one.notice.message if isinstance(one.notice, Malformed) else one.code.label
            answers.append(Outcome(serial, NoticeOutcome.REFUSED, one.code, None, message))
        else:
            code = RefusalCode.SERIAL_REUSED
            answers.append(Outcome(serial, NoticeOutcome.REFUSED, code, known[serial].pk, code.label))
    return answers


def _keep_refused(bank: Bank, judged: list[_Judged], outcomes: list[Outcome]) -> None:
    """Keep each refused notice once, however often the bank repeats it."""
    RefusedNotice.objects.bulk_create(
        [
            RefusedNotice(
                bank=bank,
                serial=answer.serial,
                code=answer.code,
                fingerprint=one.fingerprint,
                summary=_summary(one.notice),
                first_receipt_id=answer.receipt_id,
            )
            for one, answer in zip(judged, outcomes, strict=True)
            if answer.code is not None
        ],
        ignore_conflicts=True,
    )


def _summary(notice: Notice | Malformed) -> dict[str, str]:
    """What a clerk needs to ask the bank; the payer's account is masked."""
    if isinstance(notice, Malformed):
        shown = {**notice.given, "wrong": notice.message}
    else:
        shown = {name: str(getattr(notice, name)) for name in notice.__slots__ if name != "serial"}
    if "payer_account" in shown:
        shown["payer_account"] = privacy.masked_card(shown["payer_account"])
    return {name: value[:SHOWN_CHARACTERS] for name, value in shown.items()}
