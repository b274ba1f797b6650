"""Who withdraws, and what for 示例提取: rent, repayments, homes and retirement; taken in, decided and paid."""

import uuid
from calendar import monthrange
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from access.models import User
from accounts.models import MemberAccount
from accounts.states import MemberAccountStatus, SealReason
from approvals.actions.signatures import Decision
from approvals.rules import digest_of
from approvals.states import CaseStatus, Verdict
from hpf.errors import Refusal
from hpf.management.demo.desks import Desks
from hpf.management.demo.payers import Payer
from hpf.management.demo.scans import scan_of
from hpf.management.demo.tellers import Tellers
from hpf.months import Month
from withdrawals import queries
from withdrawals.actions import applications, inquiries
from withdrawals.actions.applications import Application, Card
from withdrawals.actions.inquiries import Asking
from withdrawals.gateways import Answer, Person
from withdrawals.models import Withdrawal
from withdrawals.queries import Wish
from withdrawals.rules import CATEGORIES, Particulars, Purchase, Rent, Repayment, Retirement, category_of
from withdrawals.states import Category, Channel, Consent, InquiryKind, InquiryOutcome, WithdrawalStatus

SHARES = {Category.RENT: 55, Category.LOAN_REPAYMENT: 30, Category.PURCHASE: 15}  # of a hundred, beside retirements
MONTHS_OF_RENT = 3
HEADS_A_WITHDRAWAL, MOST_A_MONTH = 2000, 15
RETIREMENTS_A_MONTH = 1
REFUSED, SENT_BACK = 0.05, 0.04  # of those that people decide
WORDS = {
    Verdict.GRANT: "",
    Verdict.REFUSE: "经向出具单位核实，提交的材料与事实不符，不符合条例第二十四条规定的提取条件",
    Verdict.RETURN: "材料缺页，无法核对金额，请补齐后重新提交",
}
TRIES = 6  # to find somebody who has saved enough


@dataclass
class Register:
    """What other authorities know 共享数据: nobody owns a home, and who was sealed as retired has retired."""

    retired: dict[str, date] = field(default_factory=dict)

    def ask(self, kind: InquiryKind, person: Person, purpose: str) -> Answer:
        """The answer to a question 查询结果."""
        since = self.retired.get(person.id_number) if kind == InquiryKind.RETIREMENT else None
        outcome = InquiryOutcome.FOUND if since else InquiryOutcome.NONE
        return Answer(outcome, "数据共享平台", since.isoformat() if since else "")


@dataclass
class Withdrawing:
    """Withdrawals as they come, month by month, up to a day; `waiting` are those that people decide, by that day."""

    chance: Random
    desks: Desks
    tellers: Tellers
    payers: list[Payer]
    heads: int
    months: Iterable[Month]
    until: date
    register: Register = field(default_factory=Register)
    seen: set[int] = field(default_factory=set)
    waiting: dict[date, list[Withdrawal]] = field(default_factory=dict)
    days: Counter[date] = field(init=False)
    retirements: set[date] = field(init=False)

    def __post_init__(self) -> None:
        a_month = min(1 + self.heads // HEADS_A_WITHDRAWAL, MOST_A_MONTH)
        self.days = Counter(self._day_of(month) for month in self.months for _ in range(a_month))
        self.retirements = {self._day_of(month) for month in self.months for _ in range(RETIREMENTS_A_MONTH)}

    def work(self, day: date) -> None:
        """What is handed in on a day, and what is decided."""
        for withdrawal in self.waiting.pop(day, []):
            self._decide(withdrawal, on=day)
        if day > self.until:
            return
        for _ in range(self.days[day]):
            category = self.chance.choices(list(SHARES), list(SHARES.values()))[0]
            self.begin(category, on=day, decided_on=day + timedelta(days=self.chance.choice((1, 1, 2))))
        if day in self.retirements:
            self._retire(on=day)

    def begin(self, category: Category, *, on: date, decided_on: date | None = None) -> Withdrawal | None:
        """Somebody applies, whose case is decided on a day or waits for ever; nobody where nobody is found."""
        account = self.saver()
        if account is None:
            return None
        particulars = self.wanted(category, account, on=on)
        withdrawal = self.hand_in(account, particulars, on=on)
        if withdrawal and decided_on and withdrawal.status == WithdrawalStatus.SUBMITTED:
            self.waiting.setdefault(decided_on, []).append(withdrawal)
        return withdrawal

    def saver(self, at_least: Decimal = Decimal(1_000), office: str = "") -> MemberAccount | None:
        """Somebody who pays every month, has so much and has not withdrawn yet; nobody after a few tries."""
        found = [payer for payer in self.payers[1:] if not office or payer.employer.branch.code == office]
        for payer in self.chance.choices(found, k=TRIES) if found else []:
            rows = MemberAccount.objects.filter(employer=payer.employer.pk, status=MemberAccountStatus.NORMAL)
            rows = rows.filter(ledger_account__balance__gte=at_least).exclude(pk__in=self.seen).order_by("number")
            keys = list(rows.values_list("pk", flat=True))
            if keys:
                return self.account(self.chance.choice(keys))
        return None

    def richest(self, office: str) -> MemberAccount | None:
        """Who has saved most at an office and has not withdrawn yet."""
        rows = MemberAccount.objects.filter(employer__branch__code=office, status=MemberAccountStatus.NORMAL)
        key = rows.exclude(pk__in=self.seen).order_by("-ledger_account__balance", "pk").values_list("pk", flat=True)
        return self.account(key[0]) if key else None

    def account(self, pk: int) -> MemberAccount:
        """An account that has withdrawn from now on, with whose it is."""
        self.seen.add(pk)
        return MemberAccount.objects.select_related("member", "employer__branch").get(pk=pk)

    def wanted(self, category: Category, account: MemberAccount, *, on: date) -> Particulars:
        """What somebody withdraws for."""
        if category == Category.RENT:
            return Rent(Month.of(on).plus(1 - MONTHS_OF_RENT), Month.of(on))
        if category == Category.PURCHASE:
            number = f"{on.year}（预）字第{self.chance.randint(100000, 999999)}号"
            signed = on - timedelta(days=self.chance.randint(5, 300))
            return Purchase(number, signed, Decimal(self.chance.randint(38, 96) * 10_000))
        if category == Category.LOAN_REPAYMENT:
            each, months = Decimal(self.chance.randint(180_000, 380_000)) / 100, self.chance.randint(3, 12)
            first = Month.of(on).plus(-months)
            contract = f"GD{on.year - 2}{self.chance.randint(10**7, 10**8 - 1)}"
            return Repayment(contract, dict.fromkeys(first.until(Month.of(on)), each))
        assert account.sealed_on is not None
        return Retirement(account.sealed_on)

    def hand_in(
        self,
        account: MemberAccount,
        particulars: Particulars,
        *,
        on: date,
        asked: Decimal | None = None,
        by: User | None = None,
        scanned: bool = True,
    ) -> Withdrawal | None:
        """Take in an application at the counter, or `by` the member at home; nobody whom the rules do not entitle.

        Papers that are not `scanned` were only seen.
        """
        clerk = self.desks.clerks[account.employer.branch_id]
        declared = CATEGORIES[category_of(particulars)]
        if declared.asks:
            consent = Consent.ONLINE if by else Consent.SIGNED
            asking = Asking(declared.asks, f"办理{declared.category.label}", consent, on)
            inquiries.ask(account.member, asking, self.register, by=by or clerk, on=on)
        needed = () if declared.asks else declared.papers
        wish, uploads = Wish(account, particulars, asked, frozenset(needed)), {kind: [scan_of(kind)] for kind in needed}
        member, channel = account.member, Channel.PORTAL if by else Channel.COUNTER
        once = uuid.UUID(int=self.chance.getrandbits(128), version=4)
        card = Card(member.name, member.card, member.card_bank)
        application = Application(once, wish, card, channel, uploads=uploads if scanned else {})
        try:
            withdrawal = applications.submit(application, by=by or clerk, on=on)
        except applications.NotEntitled:
            return None
        if withdrawal.status == WithdrawalStatus.APPROVED:
            self.tellers.expect(payment=withdrawal.payment_id)
        return withdrawal

    def decide(self, withdrawal: Withdrawal, verdict: Verdict, *, on: date, signatures: int = 2) -> Withdrawal:
        """The office's head signs, and the manager where it takes two; at most so many of them."""
        for signer in self.desks.signers(withdrawal.branch)[:signatures]:
            withdrawal = fresh(withdrawal)
            assert withdrawal.case is not None
            if withdrawal.case.status == CaseStatus.OPEN:
                facts = queries.facts_of(withdrawal, applications.requote(withdrawal, on=on))
                applications.decide(withdrawal, Decision(verdict, digest_of(facts), WORDS[verdict]), by=signer, on=on)
        return fresh(withdrawal)

    def _decide(self, withdrawal: Withdrawal, *, on: date) -> None:
        drawn = self.chance.random()
        verdict = (
            Verdict.REFUSE if drawn < REFUSED else Verdict.RETURN if drawn < REFUSED + SENT_BACK else Verdict.GRANT
        )
        try:
            decided = self.decide(withdrawal, verdict, on=on)
        except Refusal:  # what was met when it was handed in is met no more, or the account is frozen meanwhile
            decided = self.decide(withdrawal, Verdict.RETURN, on=on)
        if decided.status == WithdrawalStatus.APPROVED:
            self.tellers.expect(payment=decided.payment_id)

    def _retire(self, *, on: date) -> None:
        """Who was sealed as retired takes all there is, by data."""
        retired = MemberAccount.objects.filter(status=MemberAccountStatus.SEALED, seal_reason=SealReason.RETIRED)
        key = retired.exclude(pk__in=self.seen).order_by("sealed_on", "number").values_list("pk", flat=True).first()
        if key is None:
            return
        account = self.account(key)
        assert account.sealed_on is not None
        self.register.retired[account.member.id_number] = account.sealed_on
        self.hand_in(account, self.wanted(Category.RETIREMENT, account, on=on), on=on)

    def _day_of(self, month: Month) -> date:
        return date(month.year, month.month, self.chance.randint(1, monthrange(month.year, month.month)[1]))


def fresh(withdrawal: Withdrawal) -> Withdrawal:
    """A withdrawal as it is now, with all that its page shows."""
    rows = Withdrawal.objects.select_related("member_account__member", "member_account__employer__branch", "member")
    return rows.select_related("case", "payment__account__bank", "branch").get(pk=withdrawal.pk)
