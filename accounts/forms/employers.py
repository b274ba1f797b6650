"""What a person types about an employer: registration, changes, mandates, its rest and its end 单位表单."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import partial
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.db.models import QuerySet

from access.models import Branch
from accounts import rules
from accounts.actions.employer_changes import AT_ONCE, Grounds
from accounts.actions.employers import NewEmployer, named
from accounts.actions.mandates import NewHandler, Paper
from accounts.actions.registrations import Bank, SignIn
from accounts.forms.editing import EditForm
from accounts.models import Employer
from accounts.states import CloseReason, EconomicType, Industry
from approvals.rules import kept_words
from hpf.errors import Refusal
from hpf.privacy import masked_mobile
from policy.queries import deposit_terms_on

NOT_A_DAY = "请输入日期，例如 2026-07-01"
NOT_LISTED = "请从列表中选择"
USERNAME = RegexValidator(
    r"^[A-Za-z][A-Za-z0-9._-]{3,39}\Z", "用户名为4至40个字母、数字、点、下划线或连字符，以字母开头"
)
HANDLER = ("handler_name", "handler_mobile", "mandate", "until", "username")
HANDLER_NEEDED = ("handler_name", "handler_mobile", "mandate", "username")


class TextField(forms.CharField):
    """Text that a rule reads; what the rule refuses stands beside the field."""

    def __init__(self, label: str, read: Callable[[str], str], longest: int = 200, **more: Any) -> None:
        troubles = {"required": f"请填写{label}", "max_length": f"{label}不超过{longest}个字，请缩短"}
        super().__init__(label=label, max_length=longest, error_messages=troubles, **more)
        self.read = read

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        try:
            return self.read(text) if text else ""
        except Refusal as refusal:
            raise forms.ValidationError(refusal.sentence) from None


def words(label: str, name: str, longest: int = 120, **more: Any) -> TextField:
    """A field for a name or a sentence: trimmed, without invisible characters."""
    return TextField(label, partial(named, field=name, longest=longest), longest, **more)


def kept(label: str, name: str, longest: int = 200, **more: Any) -> TextField:
    """A field for words that are kept for good, such as a reason: as `words`, without the whole number of a person."""
    return TextField(label, lambda text: kept_words(named(text, field=name, longest=longest)), longest, **more)


def choice(label: str, choices: Sequence[tuple[str, str]], **more: Any) -> forms.ChoiceField:
    """A list to choose from, with nothing chosen yet."""
    troubles = {"required": f"请选择{label}", "invalid_choice": NOT_LISTED}
    return forms.ChoiceField(label=label, choices=[("", "请选择"), *choices], error_messages=troubles, **more)


def day(label: str, **more: Any) -> forms.DateField:
    """A day, typed or picked."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    troubles = {"required": f"请填写{label}", "invalid": NOT_A_DAY}
    return forms.DateField(label=label, widget=widget, error_messages=troubles, **more)


def office(branches: QuerySet[Branch]) -> forms.ModelChoiceField:
    """An office, one of those given."""
    troubles = {"required": "请选择管理部", "invalid_choice": NOT_LISTED}
    return forms.ModelChoiceField(branches, label="管理部", empty_label="请选择", error_messages=troubles)


def _offices() -> list[tuple[str, str]]:
    return list(Branch.objects.order_by("code").values_list("code", "name"))


def percent(label: str) -> forms.DecimalField:
    """A ratio in percent."""
    kinds = ("required", "invalid", "max_digits", "max_decimal_places", "max_whole_digits")
    troubles = dict.fromkeys(kinds, "请填写百分数，最多两位小数")
    return forms.DecimalField(label=label, max_digits=5, decimal_places=2, error_messages=troubles)


class CreditCodeForm(forms.Form):
    """The first question of a registration: whose it is."""

    credit_code = TextField("统一社会信用代码", rules.credit_code, 40, help_text="营业执照或法人证书上的18位代码")


class ParticularsForm(forms.Form):
    """Everything an employer registers with; the limits of the day stand beside the ratios."""

    credit_code = TextField("统一社会信用代码", rules.credit_code, 40)
    name = words("单位名称", "name", 200, help_text="与营业执照或法人证书一致的全称")
    address = words("单位地址", "address", 200)
    legal_person = words("法定代表人或负责人", "legal_person")
    economic_type = choice("经济类型", EconomicType.choices)
    industry = choice("所属行业", Industry.choices)
    established_on = day("成立日期")
    branch = office(Branch.objects.none())
    pay_day = forms.IntegerField(
        label="发薪日",
        min_value=1,
        max_value=31,
        help_text="每月几日发薪",
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), "发薪日应为1至31，请核对"),
    )
    employer_ratio = percent("单位缴存比例")
    member_ratio = percent("个人缴存比例")
    contact_name = words("联系人", "contact_name")
    contact_mobile = TextField("联系人手机号", rules.mobile, 20)
    account_number = TextField("付款账号", rules.bank_account, 60, required=False)
    bank_name = words("付款账户开户银行", "bank_name", required=False)

    def __init__(self, *args: Any, on: date, branches: QuerySet[Branch], **more: Any) -> None:
        super().__init__(*args, **more)
        self.on = on
        self.fields["branch"] = office(branches)
        terms = deposit_terms_on(on)
        for name in ("employer_ratio", "member_ratio"):
            self.fields[name].help_text = f"{terms.ratio_min:f}% 至 {terms.ratio_max:f}%（条例第十八条）"

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if bool(given.get("account_number")) != bool(given.get("bank_name")):
            empty = "bank_name" if given.get("account_number") else "account_number"
            if empty not in self.errors:
                self.add_error(empty, "付款账号和开户银行请一并填写，或都留空")
        return given

    @property
    def new_employer(self) -> NewEmployer:
        """The employer as the action takes it."""
        given = {name: self.cleaned_data[name] for name in NewEmployer.__dataclass_fields__}
        kinds = {"economic_type": EconomicType(given["economic_type"]), "industry": Industry(given["industry"])}
        return NewEmployer(**given | kinds)

    @property
    def bank(self) -> Bank | None:
        """The paying account, where one was given."""
        given = self.cleaned_data
        return Bank(given["account_number"], given["bank_name"]) if given["account_number"] else None

    @property
    def answers(self) -> Iterator[tuple[str, str]]:
        """Label and answer of every field, for looking at once more."""
        for name, field in self.fields.items():
            value = self.cleaned_data[name]
            shown = dict(field.choices).get(value, value) if isinstance(field, forms.ChoiceField) else value
            unit = "%" if name.endswith("_ratio") else ""
            yield str(field.label), f"{shown}{unit}" if shown not in (None, "") else "未填写"


class RegisterForm(ParticularsForm):
    """A registration at the counter, with the first handler where there is one."""

    handler_name = words("经办人姓名", "handler_name", required=False)
    handler_mobile = TextField("经办人手机号", rules.mobile, 20, required=False)
    mandate = words("授权书编号", "mandate", 100, required=False)
    until = day("授权截止日期", required=False, help_text="授权书没有写明的留空")
    username = forms.CharField(label="登录用户名", max_length=40, required=False, validators=[USERNAME])

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if any(given.get(name) for name in HANDLER):
            for name in HANDLER_NEEDED:
                if not given.get(name) and name not in self.errors:
                    self.add_error(name, "指定经办人时须填写；暂不指定的，请把经办人各栏都留空")
        return given

    def new_handler(self, password: str) -> NewHandler | None:
        """The first handler, where one was given, with a first password."""
        given = self.cleaned_data
        if not given["username"]:
            return None
        paper = Paper(given["mandate"], given["until"], given["handler_mobile"])
        return NewHandler(given["username"], given["handler_name"], password, paper)


class SignInChoiceForm(forms.Form):
    """What an applicant will sign in with, chosen at the last step and typed twice."""

    username = forms.CharField(
        label="用户名",
        max_length=40,
        validators=[USERNAME],
        error_messages={"required": "请填写用户名"},
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    password = forms.CharField(
        label="密码",
        max_length=256,
        strip=False,
        help_text="至少12个字符，不要使用常见密码、用户名或姓名",
        error_messages={"required": "请填写密码"},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password_again = forms.CharField(
        label="再次输入密码",
        max_length=256,
        strip=False,
        error_messages={"required": "请再次输入密码"},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if "password" in given and "password_again" in given and given["password"] != given["password_again"]:
            self.add_error("password_again", "两次输入的密码不一致，请重新输入")
        return given

    @property
    def sign_in(self) -> SignIn:
        """What was chosen, as the action takes it."""
        return SignIn(self.cleaned_data["username"], self.cleaned_data["password"])


class StateForm(forms.Form):
    """What an applicant asks with: the number of the application and the contact's mobile number."""

    number = forms.CharField(label="申请编号", max_length=20, error_messages={"required": "请填写申请编号"})
    mobile = TextField("联系人手机号", rules.mobile, 20)


class SendBackForm(forms.Form):
    """Why an application goes back."""

    reason = kept("退回原因", "reason", 200, widget=forms.Textarea(attrs={"rows": 2}))


class GroundsForm(forms.Form):
    """The evidence a change rests on, and why it is made."""

    evidence = kept("依据材料及编号", "evidence", 200, help_text="材料名称和编号，例如：营业执照 统一社会信用代码…")
    reason = kept("原因", "reason", 200)

    @property
    def grounds(self) -> Grounds:
        """Evidence and reason, as the action takes them."""
        return Grounds(self.cleaned_data["evidence"], self.cleaned_data["reason"])


class _Contact(EditForm):
    """Whom we call. The number stands there masked; left empty it stays as it is."""

    contact_name = words("联系人", "contact_name")
    contact_mobile = TextField("联系人手机号", rules.mobile, 20, required=False)

    def __init__(self, *args: Any, employer: Employer, **more: Any) -> None:
        masked = masked_mobile(employer.contact_mobile)
        super().__init__(*args, initial=_as_it_stands(employer), masked={"contact_mobile": masked}, **more)
        self.fields["contact_mobile"].help_text = f"现号码 {masked}，不变更的留空"

    @property
    def wanted(self) -> dict[str, Any]:
        """The particulars as they should be."""
        left_out = {"evidence", "reason"} | ({"contact_mobile"} if not self.cleaned_data["contact_mobile"] else set())
        return {name: value for name, value in self.cleaned_data.items() if name not in left_out}


def _as_it_stands(employer: Employer) -> dict[str, Any]:
    return {name: getattr(employer, name) for name in AT_ONCE if name != "contact_mobile"}


class ChangeForm(_Contact, GroundsForm):
    """Particulars that change at once."""

    address = words("单位地址", "address", 200, required=False)
    legal_person = words("法定代表人或负责人", "legal_person", required=False)
    economic_type = choice("经济类型", EconomicType.choices, required=False)
    industry = choice("所属行业", Industry.choices, required=False)
    established_on = day("成立日期", required=False)
    pay_day = forms.IntegerField(
        label="发薪日",
        min_value=1,
        max_value=31,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), "发薪日应为1至31，请核对"),
    )
    field_order = (
        *("address", "legal_person", "economic_type", "industry", "established_on", "pay_day"),
        *("contact_name", "contact_mobile", "evidence", "reason"),
    )


class KeyChangeForm(EditForm, GroundsForm):
    """Key particulars; what stays as it is may stay as it is."""

    name = words("单位名称", "name", 200)
    credit_code = TextField("统一社会信用代码", rules.credit_code, 40)
    branch = forms.ChoiceField(
        label="管理部",
        choices=_offices,
        error_messages={"required": "请选择管理部", "invalid_choice": NOT_LISTED},
    )
    field_order = ("name", "credit_code", "branch", "evidence", "reason")

    @property
    def wanted(self) -> dict[str, str]:
        """The key particulars as they should be."""
        return {name: self.cleaned_data[name] for name in ("name", "credit_code", "branch")}


class ClosingForm(GroundsForm):
    """Why an employer ends."""

    close_reason = choice("销户原因", CloseReason.choices)
    field_order = ("close_reason", "evidence", "reason")

    def clean_close_reason(self) -> CloseReason:
        return CloseReason(self.cleaned_data["close_reason"])


class BankForm(forms.Form):
    """A bank account an employer pays from."""

    account_number = TextField("付款账号", rules.bank_account, 60)
    bank_name = words("开户银行", "bank_name")


class WhyForm(forms.Form):
    """Why something ends."""

    reason = kept("原因", "reason", 200)


class AppointForm(forms.Form):
    """A handler: one who has a sign-in already, or a new one."""

    NEW, KNOWN = "new", "known"
    kind = forms.ChoiceField(
        label="经办人用户",
        choices=[(NEW, "新建用户"), (KNOWN, "已有经办人用户")],
        error_messages={"required": "请选择", "invalid_choice": NOT_LISTED},
    )
    username = forms.CharField(
        label="登录用户名", max_length=60, validators=[USERNAME], error_messages={"required": "请填写登录用户名"}
    )
    handler_name = words("经办人姓名", "handler_name", required=False, help_text="新建用户时填写")
    mobile = TextField("经办人手机号", rules.mobile, 20)
    mandate = words("授权书编号", "mandate", 100)
    until = day("授权截止日期", required=False, help_text="授权书没有写明的留空")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("kind") == self.NEW and not given.get("handler_name") and "handler_name" not in self.errors:
            self.add_error("handler_name", "请填写经办人姓名")
        return given

    @property
    def paper(self) -> Paper:
        """The mandate, as the action takes it."""
        given = self.cleaned_data
        return Paper(given["mandate"], given["until"], given["mobile"])

    def new_handler(self, password: str) -> NewHandler:
        """A handler who cannot sign in yet, with a first password."""
        given = self.cleaned_data
        return NewHandler(given["username"], given["handler_name"], password, self.paper)


class RenewForm(forms.Form):
    """The new paper of a mandate."""

    mandate = words("新授权书编号", "mandate", 100)
    until = day("新的授权截止日期")


class ContactForm(_Contact):
    """What a handler may change without coming: whom we call."""
