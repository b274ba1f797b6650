"""The quote 提取核定: what a member may withdraw and why; the same function decides."""

from collections.abc import Container, Iterable
from dataclasses import asdict, dataclass, replace
from decimal import Decimal

from hpf.money import ZERO
from withdrawals.rules.factors import Declaration, Factor, factor, yuan
from withdrawals.rules.purchase import PURCHASE
from withdrawals.rules.questions import Particulars, Purchase, Question, Rent, Repayment
from withdrawals.rules.rent import RENT
from withdrawals.rules.repayment import REPAYMENT
from withdrawals.rules.retirement import RETIREMENT
from withdrawals.states import Category, PaperKind, Standing

CATEGORIES: dict[Category, Declaration] = {one.category: one for one in (RENT, PURCHASE, RETIREMENT, REPAYMENT)}
LIMIT = "类别限额"
WHO, BANNED, HOW_MUCH, UNDECIDED = "R-611", "R-611（条例第四十一条）", "R-612", "R-445"


@dataclass(frozen=True, slots=True)
class Quote:
    """What was found 核定结果. Amounts are yuan; `interest` is paid beside `amount` where the account is closed."""

    category: Category
    factors: tuple[Factor, ...]
    entitlement: Decimal
    amount: Decimal
    interest: Decimal
    instant: bool

    @property
    def refusals(self) -> list[str]:
        """What to do about each factor that is not met 不符合的处理办法."""
        return [f"{one.name}：{one.remedy}" for one in self.factors if one.standing == Standing.NOT_MET]

    @property
    def waits(self) -> list[Factor]:
        """What has to be decided elsewhere before anything is paid 待中心复核的事项."""
        return [one for one in self.factors if one.standing == Standing.WAITS]

    @property
    def granted(self) -> bool:
        """Whether nothing stands in the way 是否可以提取."""
        return not self.refusals

    @property
    def paid(self) -> Decimal:
        """What the member receives 实付金额."""
        return self.amount + self.interest

    def snapshot(self) -> dict[str, object]:
        """The quote as it is kept 核定快照: text only, and nobody's numbers."""
        return {
            "factors": [{**asdict(one), "standing": one.standing.value} for one in self.factors],
            "entitlement": str(self.entitlement),
            "amount": str(self.amount),
            "interest": str(self.interest),
        }


def category_of(particulars: Particulars) -> Category:
    """The category some particulars are of 提取类别."""
    by_type = {Rent: Category.RENT, Purchase: Category.PURCHASE, Repayment: Category.LOAN_REPAYMENT}
    return by_type.get(type(particulars), Category.RETIREMENT)


def quote(question: Question) -> Quote:
    """What may be withdrawn, every factor with its rule 提取核定 (R-611 to R-619): asked and decided alike."""
    category = category_of(question.particulars)
    declared = CATEGORIES[category]
    limit, closes = declared.limit(question), declared.closes
    factors = [*_standing(question), *declared.conditions(question)]
    factors.append(Factor(LIMIT, Standing.MET, yuan(limit.amount), limit.words, limit.rule))
    entitlement = limit.amount if closes else _entitlement(question, limit.amount)
    amount = entitlement if closes or question.asked is None else question.asked
    factors += _closing(question) if closes else _amounts(question, entitlement, amount)
    factors += _undecided(question, closes, amount)
    by_data = all(one.standing == Standing.MET for one in factors)
    return Quote(
        category=category,
        factors=tuple(factors),
        entitlement=entitlement,
        amount=amount,
        interest=question.account.interest if closes else ZERO,
        instant=by_data and declared.instant and question.terms.instant,
    )


def papers_needed(question: Question) -> list[PaperKind]:
    """The papers a quote would fail without 须提交的要件, in their order; what data prove needs none."""
    declared = CATEGORIES[category_of(question.particulars)].papers
    fewest = _refused_with(question, declared)
    return [kind for kind in declared if _refused_with(question, set(declared) - {kind}) > fewest]


def papers_taken(question: Question, files: Container[PaperKind]) -> list[PaperKind]:
    """The papers an application rests on 受理的要件: those it needs, and whatever else came as a file."""
    needed, declared = papers_needed(question), CATEGORIES[category_of(question.particulars)].papers
    return [kind for kind in declared if kind in needed or kind in files]


def with_papers(question: Question, papers: Iterable[PaperKind]) -> Question:
    """The same question with these papers at hand 提交要件后的核定依据."""
    return replace(question, evidence=replace(question.evidence, papers=frozenset(papers)))


def _refused_with(question: Question, papers: Iterable[PaperKind]) -> int:
    return len(quote(with_papers(question, papers)).refusals)


def _standing(question: Question) -> list[Factor]:
    """What holds for every category 通用条件 (R-611)."""
    until, number = question.history.barred_until, question.history.open_number
    return [
        factor(
            "账户状态",
            question.account.is_open,
            value="正常" if question.account.is_open else "已销户",
            limit="账户未销户",
            rule=WHO,
            remedy="账户已销户，不能提取；请核对个人账号",
        ),
        factor(
            "无骗提限制",
            until is None or question.on >= until,
            value=f"{until} 期满" if until else "无",
            limit="不在限制提取的期间内",
            rule=BANNED,
            remedy=f"因骗提被限制提取，{until} 起方可申请；有异议请到中心申请复核",
        ),
        factor(
            "无同类未办结申请",
            not number,
            value=number or "无",
            limit="同一事项一次申请",
            rule=WHO,
            remedy=f"申请 {number} 尚在审批，请等待结果，或撤回后重新申请",
        ),
    ]


def _entitlement(question: Question, limit: Decimal) -> Decimal:
    """The lower of the limit and what may leave the account, down to the unit 可提取额 (R-612)."""
    most = min(limit, max(ZERO, question.account.available - question.terms.keep_balance))
    return most - most % question.terms.round_unit


def _amounts(question: Question, entitlement: Decimal, amount: Decimal) -> list[Factor]:
    account, terms = question.account, question.terms
    return [
        factor(
            "可用余额",
            account.available > terms.keep_balance,
            value=f"{yuan(account.available)}（余额 {yuan(account.balance)}，其余已冻结或占用）",
            limit=f"提取后留存不少于 {yuan(terms.keep_balance)}",
            rule=HOW_MUCH,
            remedy="可用余额不足；资金被冻结或占用的，请在解除后申请",
        ),
        factor(
            "申请金额",
            ZERO < amount <= entitlement and amount % terms.round_unit == 0,
            value=yuan(amount),
            limit=f"不超过可提取额 {yuan(entitlement)}，以 {terms.round_unit} 元为单位",
            rule=HOW_MUCH,
            remedy=f"请填写大于零、不超过 {yuan(entitlement)} 且为 {terms.round_unit} 元整数倍的金额"
            if entitlement
            else "目前没有可提取的金额，请按上述各项处理后再申请",
        ),
    ]


def _undecided(question: Question, closes: bool, amount: Decimal) -> list[Factor]:
    """What waits for the centre's own second signature 待复核事项 (R-445).

    It says neither whose paper it is nor what for: the quote is read by the member too, and nobody is warned of a
    freeze before it holds. Whoever decides reads it beside the quote.
    """
    left = question.account.left
    if left is None or (not closes and amount <= left):
        return []
    told = "有一项待复核，复核前可以提交申请，不予付款"
    return [Factor("账户待复核事项", Standing.WAITS, told, "没有影响付款的待复核事项", UNDECIDED)]


def _closing(question: Question) -> list[Factor]:
    account = question.account
    return [
        factor(
            "余额可全部支取",
            account.available == account.balance and account.balance + account.interest > 0,
            value=f"余额 {yuan(account.balance)}，可用 {yuan(account.available)}，利息 {yuan(account.interest)}",
            limit="余额未被冻结或占用，且有可支付的金额",
            rule=HOW_MUCH,
            remedy="资金被冻结或占用的，请在解除后申请；余额为零的账户请到柜台办理销户",
        )
    ]
