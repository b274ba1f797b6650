"""What a handler hands in 经办人表单, back payments 补缴, and what a clerk writes to identify a receipt 认领表单."""

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q

from accounts.models import Employer, MemberAccount
from banking.models import Receipt
from deposits import queries
from deposits.actions import back_payments
from deposits.actions.receipts import Share, refuse_share
from deposits.queries import ListedLine
from deposits.states import BackReason, LineKind
from hpf.errors import Refusal
from hpf.money import ZERO
from hpf.months import Month
from hpf.pages import refusals_shown_on

WRITTEN = re.compile(r"[0-9]{1,9}(?:[.][0-9]{1,2})?")
AMOUNT = re.compile(r"(?:[0-9]{1,16}|[0-9]{1,3}(?:,[0-9]{3}){1,5})(?:[.][0-9]{1,2})?")
# Mobile, ID and bank account numbers; a payment reference begins with letters, an employer's number has ten digits.
SECRET_NUMBER = re.compile(r"(?<![0-9A-Za-z])[0-9]{11,}")
MOST_SHARES = 1000
MOST_FOUND = 20
MOST_ERRORS = 20


CONFIRMED = "confirmed"  # the answers were looked at once more


def chosen_kind(request: Any) -> str:
    """The kind of rows an address asks for 变动类型; none where it asks for no kind there is."""
    kind = request.GET.get("kind", "")
    return kind if kind in LineKind.values else ""


class MonthForm(forms.Form):
    """The month the person saw on the page: another one may be due by the time it is sent."""

    month = forms.CharField(label="汇缴年月", max_length=7, widget=forms.HiddenInput)

    def clean_month(self) -> Month:
        try:
            return Month.parse(self.cleaned_data["month"])
        except ValueError:
            raise forms.ValidationError("汇缴年月应写成 2026-07 的样式，请刷新页面后重试") from None


class WithdrawForm(forms.Form):
    """Why a list is taken back."""

    why = forms.CharField(
        label="撤销原因",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="例如：工资表有误，重新报送；不要填写证件号码和银行账号",
        error_messages={"required": "请填写撤销原因"},
    )

    def clean_why(self) -> str:
        return _without_numbers(self.cleaned_data["why"], "撤销原因")


class BackPaymentForm(forms.Form):
    """A month, why it is paid back, and a line for each member: account number, and base and ratios where they differ.

    `edit` takes the answers back to be changed; `month` of the address proposes who waits for that month.
    """

    month = forms.CharField(
        label="补缴年月", max_length=7, widget=forms.TextInput(attrs={"type": "month"}), help_text="一个已入账的月份"
    )
    reason = forms.ChoiceField(label="补缴原因", choices=BackReason.choices)
    people = forms.CharField(
        label="补缴清单",
        max_length=60_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text="每行一名职工：个人账号、当月缴存基数、单位比例、个人比例，中间用空格隔开；基数和比例不填的，按账户现在的",
        error_messages={"required": "请至少填写一名职工的个人账号"},
    )
    grounds = forms.CharField(
        label="证明材料",
        required=False,
        max_length=200,
        help_text="文号或材料名称；中心责令的补缴和较早的月份必须填写",
    )

    def __init__(self, employer: Employer, request: Any) -> None:
        self.employer, self.by, self.on = employer, request.user, request.business_day
        self.waiting = queries.waiting(employer)
        data = request.POST
        typed = {name: data.get(name, "") for name in ("month", "reason", "people", "grounds")}
        chosen = request.GET.get("month", "")
        proposed = {"month": chosen, "reason": BackReason.MISSED_PERSON, "people": self._proposed(chosen)}
        super().__init__(data if data and "edit" not in data else None, initial=typed if data else proposed)

    def _proposed(self, month: str) -> str:
        rows = (one for one in self.waiting if one.month == month and one.paid)
        return "\n".join(f"{row.number} {row.base} {row.employer_ratio} {row.member_ratio}" for row in rows)

    @property
    def total(self) -> Decimal:
        return sum((owed.total for _account, owed in self.owed), ZERO)

    def clean_month(self) -> Month:
        try:
            return Month.parse(self.cleaned_data["month"])
        except ValueError:
            raise forms.ValidationError("补缴年月应写成 2026-05 的样式") from None

    def clean_grounds(self) -> str:
        return _without_numbers(self.cleaned_data["grounds"], "证明材料")

    def clean(self) -> None:
        if self.errors:
            return
        given = self.cleaned_data
        found = self._lines(given["people"])
        if found is None:
            return
        wanted = back_payments.Wanted(
            given["month"], BackReason(given["reason"]), given["grounds"], [line for _account, line in found.values()]
        )
        with refusals_shown_on(self):
            back_payments.refuse(self.employer, wanted, by=self.by, on=self.on)
            self._weigh(wanted, found)
        self.wanted = wanted

    def _weigh(self, wanted: back_payments.Wanted, found: dict[int, tuple[MemberAccount, ListedLine]]) -> None:
        terms, errors = queries.terms_of(wanted.month), []
        owed = queries.owed(wanted.month, wanted.lines)
        for line, one in zip(found, owed, strict=True):
            try:
                back_payments.refuse_line(one, wanted, terms)
            except Refusal as refusal:
                errors.append(f"第 {line} 行：{refusal.sentence}")
        self._tell(errors)
        self.owed = list(zip((account for account, _line in found.values()), owed, strict=True))

    def _lines(self, text: str) -> dict[int, tuple[MemberAccount, ListedLine]] | None:
        """The members by the number of their line; None when one of them cannot be read."""
        lines = list(_lines_in(text))
        known = queries.accounts_by_number(self.employer, [words[0] for _line, words in lines])
        found: dict[int, tuple[MemberAccount, ListedLine]] = {}
        errors = [f"清单有 {len(lines)} 行，一次最多 {MOST_SHARES} 行，请分次办理"] if len(lines) > MOST_SHARES else []
        named: set[int] = set()
        for line, words in lines[:MOST_SHARES]:
            try:
                account, listed = _member(words, known)
            except Refusal as refusal:
                errors.append(f"第 {line} 行：{refusal.sentence}")
                continue
            if account.pk in named:
                errors.append(f"第 {line} 行：个人账号 {account.number} 重复，请合并成一行")
            named.add(account.pk)
            found[line] = account, listed
        self._tell(errors)
        return None if errors else found

    def _tell(self, errors: list[str]) -> None:
        more = [f"另有 {len(errors) - MOST_ERRORS} 行有误"] if len(errors) > MOST_ERRORS else []
        for error in errors[:MOST_ERRORS] + more:
            self.add_error("people", error)


class IdentifyForm(forms.Form):
    """A line for each employer with its number and amount, typed, picked or pasted. `seen` is what was unclaimed then.

    `find` looks for employers and `add` writes one into the list; neither is handed in yet.
    """

    find = forms.CharField(
        label="查找单位",
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"type": "search"}),
        help_text="单位账号、统一社会信用代码，或名称的开头",
    )
    shares = forms.CharField(
        label="认领清单",
        max_length=60_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text="每行一个单位：单位账号、空格、金额（元）；可从表格中复制两列粘贴",
        error_messages={"required": "请填写单位账号和金额，或先查找单位再选入"},
    )
    why = forms.CharField(
        label="认领依据",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="例如：财政统发工资代扣清单、单位来函或电话核实；不要填写证件号码和银行账号",
        error_messages={"required": "请填写认领依据"},
    )
    seen = forms.DecimalField(required=False, widget=forms.HiddenInput)

    def __init__(self, receipt: Receipt, data: Any) -> None:
        self.receipt = receipt
        handed_in = data and not data.keys() & {"add", "edit", "look"}
        super().__init__(data if handed_in else None, initial=self._typed(data))

    def _typed(self, data: Any) -> dict[str, str]:
        typed = {name: data.get(name, "") for name in ("find", "shares", "why")}
        if number := data.get("add", ""):
            left = self.receipt.unclaimed - sum(_amounts_in(typed["shares"]), ZERO)
            typed["shares"] = f"{typed['shares'].rstrip()}\n{number} {left if left > 0 else ''}".lstrip()
            typed["find"] = ""
        return typed

    @property
    def found(self) -> list[Employer] | None:
        """The open employers that were looked for, of every office, twenty at most; None when nobody looked."""
        text = " ".join((self["find"].value() or "").replace("\0", " ").split())
        if not text:
            return None
        meant = Q(number=text) | Q(credit_code=text.upper()) | Q(name__startswith=text)
        return list(queries.open_employers().filter(meant)[:MOST_FOUND])

    @property
    def total(self) -> Decimal:
        return sum((share.amount for share in self.cleaned_data["shares"]), ZERO)

    def clean_shares(self) -> list[Share]:
        """The lines as shares; whatever is wrong with one is said by its number in the list."""
        lines = list(_lines_in(self.cleaned_data["shares"]))
        if not lines:
            raise forms.ValidationError(self.fields["shares"].error_messages["required"])
        if len(lines) > MOST_SHARES:
            raise forms.ValidationError(f"清单有 {len(lines)} 行，一次最多 {MOST_SHARES} 行，请分次认领")
        numbers = [words[0] for _line, words in lines]
        known = {
            row.number: row for row in Employer.objects.filter(number__in=numbers).select_related("branch").order_by()
        }
        served = set(queries.shares_of(self.receipt).values_list("employer", flat=True))
        shares: dict[int, Share] = {}
        errors = []
        for line, words in lines:
            try:
                share = _share(words, known)
                refuse_share(share, served=served, named=set(shares))
                shares[share.employer.pk] = share
            except Refusal as refusal:
                errors.append(f"第 {line} 行：{refusal.sentence}")
        if errors:
            more = [f"另有 {len(errors) - MOST_ERRORS} 行有误"] if len(errors) > MOST_ERRORS else []
            raise forms.ValidationError(errors[:MOST_ERRORS] + more)
        return list(shares.values())

    def clean_why(self) -> str:
        return _without_numbers(self.cleaned_data["why"], "认领依据")

    def clean(self) -> None:
        unclaimed = self.receipt.unclaimed
        if self.cleaned_data.get("seen") != unclaimed:
            self.add_error(None, f"该笔到账的待认领金额已变为 {unclaimed} 元，请核对清单后再提交")
        elif "shares" in self.cleaned_data and self.total > unclaimed:
            over = f"清单合计 {self.total} 元，超过待认领金额 {unclaimed} 元，请减少 {self.total - unclaimed} 元"
            self.add_error("shares", over)


class UnreadableLine(Refusal):
    """A line that is not a number and an amount 清单行有误."""

    message = "应为单位账号和金额，中间用空格隔开，例如 1000000001 5000.00"
    code = "unreadable_line"


class NoSuchEmployer(Refusal):
    """No employer has this number 单位不存在."""

    message = "没有账号为 {number} 的单位，请核对单位账号"
    code = "no_such_employer"


class UnreadableMember(Refusal):
    """A line that is not an account number with base and ratios 清单行有误."""

    message = "应为个人账号，以及需要时的缴存基数、单位比例、个人比例，例如 2000000001 6543.00 8 8"
    code = "unreadable_member"


class NoSuchAccount(Refusal):
    """The employer has no open account of this number 账户不符."""

    message = "本单位没有账号为 {number} 的未销户账户，请核对个人账号"
    code = "no_such_account"


def _without_numbers(text: str, what: str) -> str:
    """Text that is kept for good holds no number of a person 不含证件号码."""
    if SECRET_NUMBER.search(unicodedata.normalize("NFKC", text)):
        raise forms.ValidationError(f"{what}会长期留痕，请去掉其中的证件号码、手机号或银行账号")
    return text


def _member(words: list[str], known: dict[str, MemberAccount]) -> tuple[MemberAccount, ListedLine]:
    number, *amounts = words
    plain = [amount.replace(",", "").removesuffix("%") for amount in amounts]
    if len(plain) not in (0, 1, 3) or not all(WRITTEN.fullmatch(amount) for amount in plain):
        raise UnreadableMember
    account = known.get(number)
    if account is None:
        raise NoSuchAccount(number=number[:20])
    paying = [account.base, account.employer_ratio, account.member_ratio]
    paying[: len(plain)] = [Decimal(amount) for amount in plain]
    return account, ListedLine(account.pk, *paying)


def _lines_in(text: str) -> Iterator[tuple[int, list[str]]]:
    """The lines that are not blank with their numbers, in words; full width letters count as plain ones."""
    for line, written in enumerate(unicodedata.normalize("NFKC", text).splitlines(), start=1):
        if words := written.split():
            yield line, words


def _amounts_in(text: str) -> list[Decimal]:
    written = [words[1] for _line, words in _lines_in(text) if len(words) == 2]
    return [Decimal(amount.replace(",", "")) for amount in written if AMOUNT.fullmatch(amount)]


def _share(words: list[str], known: dict[str, Employer]) -> Share:
    if len(words) != 2 or not AMOUNT.fullmatch(words[1]):
        raise UnreadableLine
    if words[0] not in known:
        raise NoSuchEmployer(number=words[0][:20])
    return Share(known[words[0]], Decimal(words[1].replace(",", "")))
