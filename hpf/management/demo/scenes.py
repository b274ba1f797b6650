"""The last weeks of the story 示例近况: what a desk meets beside the daily run, each so many days before the last.

Somebody refused, sent back, overdue, undone; payments that failed, came back or are still unanswered; money refunded;
accounts frozen, a ban, a couple, a deputy. What nobody is found for is left out.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal

from django.db.models import F

from access.models import User
from accounts.actions import bans, freezing, spouses
from accounts.models import Employer, MemberAccount
from accounts.queries import bans as barred
from accounts.queries import freezes as frozen
from accounts.states import BanGround, CertificateType, FreezeGround
from approvals.actions import deputies
from approvals.states import Verdict
from banking.models import Receipt
from banking.states import ResultOutcome
from deposits.actions import refunds
from deposits.models import Identification, Refund
from deposits.queries import facts_of_refund, refundable
from hpf.management.demo.desks import Desks, granting
from hpf.management.demo.payers import NAMELESS_REMARK
from hpf.management.demo.tellers import AFTERNOON, MORNING, Tellers
from hpf.management.demo.withdrawing import Withdrawing
from ledger.queries import available
from policy.queries import NoTerm
from withdrawals import queries
from withdrawals.actions import applications, undoing
from withdrawals.models import Withdrawal
from withdrawals.states import Category, WithdrawalStatus

PLENTY, HOME = Decimal(1_000), Decimal(8_000)  # what somebody has saved at least, and better who buys a home
MOST = Decimal(40_000)  # so much needs one signature and none of finance
TWO_SIGN = Decimal(50_000)  # more than that needs two, and one of finance
AT_HOME = 100  # days before the last one, so that whoever signs in as the member may withdraw for rent again
OFFICE = "01"  # where one can sign in as clerk and as head


@dataclass
class Scenes:
    """What happens on which of the last days; the story began on `since`."""

    desks: Desks
    tellers: Tellers
    withdrawing: Withdrawing
    since: date
    until: date
    days: dict[date, list[Callable[[date], None]]] = field(init=False)

    def __post_init__(self) -> None:
        before: dict[int, list[Callable[[date], None]]] = {
            30: [self.marry, self.freeze_part],
            25: [self.freeze_whole, self.ban],
            16: [self.fail],
            14: [self.come_back],
            12: [self.undo],
            11: [self.refuse],
            10: [self.send_back],
            AT_HOME if self.until - self.since > timedelta(days=2 * AT_HOME) else 9: [self.apply_at_home],
            8: [self.take_back],
            6: [self.be_overdue],
            4: [self.refund_what_nobody_claims],
            3: [self.refund_what_came_twice],
            2: [self.stay_unanswered],
            1: [self.ask_the_banks, self.wait, self.freeze_pending],
            0: [self.ask_to_undo, self.be_with_the_bank, self.wait_for_the_bank, self.wait_for_finance, self.deputise],
        }
        self.days = {self.until - timedelta(days=ago): acts for ago, acts in before.items()}

    def work(self, day: date) -> None:
        """Everything of a day."""
        for act in self.days.get(day, []):
            act(day)

    def marry(self, day: date) -> None:
        one, other = self._saver(), self._saver()
        if one and other:
            since = day - timedelta(days=900)
            new = spouses.NewSpouse(
                other.member.name, CertificateType.RESIDENT_ID, other.member.id_number, since, "结婚证原件，已核对"
            )
            spouses.record(one.member, new, by=self._clerk(one), on=day)

    def freeze_part(self, day: date) -> None:
        self._freeze(Decimal(3000), "（2026）川10执保字第118号", day, signed=True)

    def freeze_whole(self, day: date) -> None:
        self._freeze(None, "（2026）川10执字第436号", day, signed=True)

    def freeze_pending(self, day: date) -> None:
        self._freeze(Decimal(5000), "（2026）川10执字第502号", day, signed=False)

    def ban(self, day: date) -> None:
        account = self._saver()
        if account is None:
            return
        money = {"amount": Decimal(18_000), "returned": Decimal(18_000)}
        why = "以虚假租房合同骗取提取，资金已全额退回"
        ruling = bans.Ruling(BanGround.FRAUD_WITHDRAWAL, f"内公积金决〔{day.year}〕7号", day, day, **money, reason=why)
        with suppress(NoTerm):  # before the decree nobody was banned
            row = bans.propose(account.member, ruling, by=self._clerk(account), on=day)
            bans.decide(row, granting(barred.facts_of(row)), by=self._head(account), on=day)

    def fail(self, day: date) -> None:
        self._paid(Category.LOAN_REPAYMENT, day, ResultOutcome.FAILED)

    def come_back(self, day: date) -> None:
        self._paid(Category.PURCHASE, day, ResultOutcome.SUCCEEDED, ResultOutcome.RETURNED)

    def undo(self, day: date) -> None:
        row = self._granted(Category.PURCHASE, day)
        if row:
            why = "申请人发现购房合同编号填写有误，要求撤销后重新申请"
            asked = undoing.propose(row, why, by=self.desks.clerks[row.branch_id], on=day)
            undoing.decide(asked, granting(queries.facts_of_undoing(asked)), by=self.desks.heads[row.branch_id], on=day)

    def ask_to_undo(self, day: date) -> None:
        row = self._large_granted(day) or self._granted(Category.LOAN_REPAYMENT, day)
        if row:
            undoing.propose(row, "申请人要求改用另一张银行卡收款", by=self.desks.clerks[row.branch_id], on=day)

    def refuse(self, day: date) -> None:
        self._decided(Category.PURCHASE, Verdict.REFUSE, day)

    def send_back(self, day: date) -> None:
        self._decided(Category.LOAN_REPAYMENT, Verdict.RETURN, day)

    def apply_at_home(self, day: date) -> None:
        """The member whom one can sign in as: rent, decided at once."""
        account = self.desks.saver(self.withdrawing.payers[0].employer, on=day)
        self.withdrawing.seen.add(account.pk)
        rent = self.withdrawing.wanted(Category.RENT, account, on=day)
        self.withdrawing.hand_in(account, rent, on=day, by=account.member.user)

    def take_back(self, day: date) -> None:
        row = self.withdrawing.begin(Category.LOAN_REPAYMENT, on=day)
        if row:
            applications.take_back(row, by=row.applied_by, on=day)

    def be_overdue(self, day: date) -> None:
        """One whose papers were only seen, and that nobody has decided."""
        self._applied(Category.PURCHASE, day, scanned=False)

    def wait(self, day: date) -> None:
        """Two that wait for the first signature, and one for the second."""
        self._applied(Category.LOAN_REPAYMENT, day)
        self._applied(Category.PURCHASE, day)
        row = self._large(day)
        if row:
            self.withdrawing.decide(row, Verdict.GRANT, on=day, signatures=1)

    def stay_unanswered(self, day: date) -> None:
        """A payment its bank fetched, said another amount of, and is asked about."""
        row = self._granted(Category.LOAN_REPAYMENT, day)
        if row and row.payment:
            self.tellers.fetch(row.payment, on=day, when=MORNING)
            self.tellers.tell(row.payment, ResultOutcome.SUCCEEDED, on=day, amount=row.paid + Decimal("0.10"))

    def ask_the_banks(self, day: date) -> None:
        self.tellers.ask(on=day)

    def be_with_the_bank(self, day: date) -> None:
        row = self._granted(Category.PURCHASE, day)
        if row and row.payment:
            self.tellers.fetch(row.payment, on=day, when=AFTERNOON)

    def wait_for_the_bank(self, day: date) -> None:
        self._granted(Category.LOAN_REPAYMENT, day)

    def wait_for_finance(self, day: date) -> None:
        self._large_granted(day)

    def deputise(self, day: date) -> None:
        away = self.desks.people["finance"]
        asked = deputies.Appointment(
            away, self.desks.people["manager"], day + timedelta(days=1), day + timedelta(days=12), "赴省厅参加业务培训"
        )
        deputies.appoint(asked, by=away, on=day)

    def refund_what_nobody_claims(self, day: date) -> None:
        """Money nobody claims: the finance office has signed, the manager has not."""
        unclaimed = Receipt.objects.filter(unclaimed=F("amount"), remark=NAMELESS_REMARK)
        receipt = unclaimed.select_related("account__ledger_account").order_by("-pk").first()
        if receipt:
            refund = self._refund(receipt, None, "付款人来函说明误将货款汇入公积金专户", day)
            refunds.decide(refund, granting(facts_of_refund(refund)), by=self.desks.people["finance"], on=day)

    def refund_what_came_twice(self, day: date) -> None:
        """What an employer's bank paid twice goes back to it."""
        twice = next((payer for payer in self.withdrawing.payers if payer.twice_in), None)
        given = Identification.objects.filter(employer=twice.employer.pk) if twice else Identification.objects.none()
        share = given.select_related("receipt", "employer").order_by("-pk").first()
        if share is None or refundable(share.receipt, share.employer) < share.amount:
            return
        refund = self._refund(share.receipt, share.employer, "开户银行系统故障，同一笔汇缴款重复划付", day)
        for name in ("finance", "manager"):
            refund = Refund.objects.select_related("receipt__bank", "employer", "branch", "case").get(pk=refund.pk)
            refunds.decide(refund, granting(facts_of_refund(refund)), by=self.desks.people[name], on=day)
        refund.refresh_from_db()
        self.tellers.expect(payment=refund.payment_id)

    def _refund(self, receipt: Receipt, employer: Employer | None, why: str, day: date) -> Refund:
        most = refundable(receipt, employer)
        wanted = refunds.Wanted(receipt, employer, most, most, why)
        return refunds.propose(wanted, by=self.desks.people["clerk"], on=day)

    def _freeze(self, amount: Decimal | None, document: str, day: date, *, signed: bool) -> None:
        account = self._saver()
        if account is None:
            return
        order = freezing.Order(
            FreezeGround.COURT, "内江市中级人民法院", document, amount, day, day + timedelta(days=360), "协助执行通知书"
        )
        row = freezing.propose(account, order, by=self._clerk(account), on=day)
        if signed:
            freezing.decide(row, granting(frozen.facts_of(row)), by=self._head(account), on=day)

    def _paid(self, category: Category, day: date, *answers: ResultOutcome) -> None:
        row = self._granted(category, day)
        if row:
            self.tellers.expect(*answers, payment=row.payment_id)

    def _granted(self, category: Category, day: date) -> Withdrawal | None:
        """One that is granted and goes to its bank without a signature of finance."""
        row = self._decided(category, Verdict.GRANT, day)
        return row if row and row.status == WithdrawalStatus.APPROVED else None

    def _decided(self, category: Category, verdict: Verdict, day: date) -> Withdrawal | None:
        row = self._applied(category, day)
        return self.withdrawing.decide(row, verdict, on=day) if row else None

    def _applied(self, category: Category, day: date, *, scanned: bool = True) -> Withdrawal | None:
        account = self._saver(HOME) if category == Category.PURCHASE else None
        account = account or self._saver()
        if account is None:
            return None
        wanted, asked = self.withdrawing.wanted(category, account, on=day), None
        if category == Category.PURCHASE:
            asked = (min(available(account.ledger_account_id), MOST) / 100).to_integral_value(ROUND_DOWN) * 100
        return self.withdrawing.hand_in(account, wanted, on=day, asked=asked, scanned=scanned)

    def _large(self, day: date) -> Withdrawal | None:
        """Somebody of the office buys a home with all there is, which takes two signatures and that of finance."""
        account = self.withdrawing.richest(OFFICE)
        if account is None or available(account.ledger_account_id) <= TWO_SIGN:
            return None
        home = self.withdrawing.wanted(Category.PURCHASE, account, on=day)
        return self.withdrawing.hand_in(account, home, on=day)

    def _large_granted(self, day: date) -> Withdrawal | None:
        """One whose payment waits for finance, so that no bank fetches it."""
        row = self._large(day)
        return self.withdrawing.decide(row, Verdict.GRANT, on=day) if row else None

    def _saver(self, at_least: Decimal = PLENTY) -> MemberAccount | None:
        return self.withdrawing.saver(at_least, OFFICE)

    def _clerk(self, account: MemberAccount) -> User:
        return self.desks.clerks[account.employer.branch_id]

    def _head(self, account: MemberAccount) -> User:
        return self.desks.heads[account.employer.branch_id]
