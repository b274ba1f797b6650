"""Reads about employers 单位查询: who may see one, who acts for one, and what keeps one from ending."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, QuerySet

from access.models import User
from access.states import Perm, Post
from accounts.models import Employer, Handler, KeyChange, Registration
from accounts.queries.in_flight import in_flight
from accounts.states import MEMBER_ACCOUNT_ENDS, MemberAccountStatus, RegistrationStatus
from approvals.states import CaseStatus
from hpf import privacy
from hpf.errors import Refusal
from ledger import queries as books

CENTRE = "00"  # 中心本部 answers for every office


class NoMandate(Refusal):
    message = "您目前没有单位经办授权，请由单位携带授权书到管理部办理，办好后重新登录即可使用"
    code = "no_mandate"


class MandateExpired(NoMandate):
    message = "您的经办授权已于 {until} 到期，请由单位携带新的授权书到管理部续办，续办后即可继续使用"
    code = "mandate_expired"


def employers_seen_by(user: User) -> QuerySet[Employer]:
    """The employers a person may look at 可查看的单位.

    Staff with the right see those of their office, the centre all; a handler sees the one employer acted for.

    Raises:
        NoMandate, MandateExpired: a handler who acts for nobody today.
    """
    employers = Employer.objects.all()
    if user.post == Post.HANDLER:
        return employers.filter(pk=mandate_of(user).employer_id)
    if not (user.works_at_counter and user.has(Perm.VIEW_EMPLOYER)):
        return employers.none()
    return employers if user.branch_code == CENTRE else employers.filter(branch=user.branch)


def mandate_of(user: User) -> Handler:
    """The mandate a handler acts under at the open business day 当前经办授权.

    Raises:
        NoMandate, MandateExpired: there is none, or its last day has passed.
    """
    mandate = user.mandates.filter(ended_on=None).first()
    if mandate is None:
        raise NoMandate
    if mandate.until and mandate.until < books.open_day():
        raise MandateExpired(until=mandate.until.isoformat())
    return mandate


def registrations_seen_by(user: User) -> QuerySet[Registration]:
    """The applications a person may decide 可受理的网上登记: those of the own office, the centre all."""
    if not (user.works_at_counter and user.has(Perm.REGISTER_EMPLOYER)):
        return Registration.objects.none()
    return Registration.objects.all() if user.branch_code == CENTRE else Registration.objects.filter(branch=user.branch)


def waiting_registration(credit_code: str) -> Registration | None:
    """The application that waits for this credit code 待受理的申请, at whichever office."""
    return Registration.objects.filter(credit_code=credit_code, status=RegistrationStatus.SUBMITTED).first()


def doubles_of(row: Registration) -> list[str]:
    """What an application resembles 疑似重复: an employer with its code or its name, a user with its name."""
    employers = Employer.objects.order_by("number")
    found = [f"统一社会信用代码已开户：{one}" for one in employers.filter(credit_code=row.credit_code)]
    found += [f"同名单位：{one}" for one in employers.filter(name=row.name).exclude(credit_code=row.credit_code)[:5]]
    if User.objects.filter(username=row.username).exists():
        found.append(f"登录用户名“{row.username}”已被使用，请退回申请由单位另选一个")
    return found


def registration_asked(number: str, mobile: str) -> Registration | None:
    """The application an applicant asks for 查询申请进度: by its number and the contact's mobile number, both right."""
    index = privacy.blind_index("mobile", mobile)
    row = Registration.objects.filter(number=number.strip().upper()).select_related("employer", "branch").first()
    return row if row and hmac.compare_digest(bytes(row.contact_index), index) else None


def employer_changes_seen_by(user: User) -> QuerySet[KeyChange]:
    """The changes of employers' key particulars a person may read 可查看的单位关键信息变更."""
    changes = KeyChange.objects.filter(employer__in=employers_seen_by(user))
    return changes.select_related("employer__branch", "case__maker", "case__branch")


def open_change(employer: Employer) -> KeyChange | None:
    """The change of this employer that waits for a second person 待复核的变更, if any."""
    return employer.key_changes.filter(case__status=CaseStatus.OPEN).select_related("case__maker").first()


@dataclass(frozen=True, slots=True)
class Unallocated:
    """An employer's money that is not yet anybody's savings 单位暂存款, in yuan; `held` of it waits to be refunded."""

    balance: Decimal
    held: Decimal

    @property
    def free(self) -> Decimal:
        """What may still be allocated or refunded 可用暂存款."""
        return self.balance - self.held

    @property
    def words(self) -> str:
        """The amount for a line of text, with what is held of it 单位暂存款及占用."""
        held = f"，其中退款占用 {self.held:,.2f} 元" if self.held else ""
        return f"{self.balance:,.2f} 元{held}"


@dataclass(frozen=True)
class Standing:
    """What an employer has with us 单位现状: open member accounts by status, unallocated money, business
    under way, a sentence each, and the change that waits for a second person.
    """

    counts: Mapping[str, int]
    unallocated: Unallocated
    in_flight: list[str]
    waiting: KeyChange | None

    @property
    def contributing(self) -> int:
        """Accounts that contribute 正常户数."""
        return self.counts.get(MemberAccountStatus.NORMAL, 0)

    @property
    def still_open(self) -> int:
        """Accounts that have not ended 未销户户数."""
        return sum(self.counts.values())

    def counted(self, status: MemberAccountStatus) -> int:
        """Accounts in one status 户数."""
        return self.counts.get(status, 0)


def standing_of(employer: Employer) -> Standing:
    """Its open member accounts by status, its unallocated money and what is under way 单位现状."""
    still_open = employer.member_accounts.filter(~Q(status__in=MEMBER_ACCOUNT_ENDS))
    counts = dict(still_open.order_by().values_list("status").annotate(count=Count("pk")))
    return Standing(counts, unallocated_of(employer), in_flight(employer), open_change(employer))


def unallocated_of(employer: Employer) -> Unallocated:
    """Its money that is not yet anybody's savings 单位暂存款, and what of it is held for refunds."""
    return Unallocated(*books.balance_and_held(employer.unallocated_id))
