"""Invented employers and members 虚构单位和职工, drawn from a seed."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random

from access.models import Branch
from accounts import rules
from accounts.actions.employers import NewEmployer
from accounts.actions.members import NewMember
from accounts.states import EconomicType, Industry
from hpf.months import Month

SURNAMES = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰建国志文晓东海燕春梅红霞鑫宇浩然子涵欣怡梓萱雨泽"
RARE = ("欧阳𠮷", "䶮小川", "阿依古丽·买买提", "尼玛次仁")
PLACES = ("内江", "隆昌", "市中区", "东兴区", "威远", "资中")
TRADES = (
    "甜城食品", "沱江机械", "川南物流", "大千文化", "汉安建材", "西林医药", "玉溪电子", "松山汽配", "白马水泥",
    "清溪环保", "桐梓纺织", "椑木化工", "椑南农业", "太白路百货", "邱家嘴劳务", "双苏教育", "新江置业", "牌楼餐饮",
)  # fmt: skip
FORMS = ("有限公司", "有限责任公司", "股份有限公司", "合作社", "事务所")
PUBLIC = ("第一人民医院", "职业技术学院", "实验小学", "公共交通公司", "自来水公司")
STREETS = ("汉安大道", "公园街", "大千路", "新华路", "北环路", "文英街")
# What a name says of its owner: the first word found in it.
INDUSTRY_OF = {
    "医院": Industry.HEALTH, "学院": Industry.EDUCATION, "小学": Industry.EDUCATION, "教育": Industry.EDUCATION,
    "交通": Industry.TRANSPORT, "物流": Industry.TRANSPORT, "自来水": Industry.ENERGY, "文化": Industry.CULTURE,
    "环保": Industry.WATER, "农业": Industry.FARMING, "百货": Industry.TRADE, "劳务": Industry.LEASING,
    "置业": Industry.REAL_ESTATE, "餐饮": Industry.LODGING, "": Industry.MANUFACTURING,
}  # fmt: skip
TYPE_OF = {
    "内江市": EconomicType.STATE, "股份": EconomicType.SHARES, "有限": EconomicType.LIMITED,
    "合作社": EconomicType.COLLECTIVE, "": EconomicType.PRIVATE,
}  # fmt: skip
AREAS = ("511002", "511011", "511024", "511025", "511083")  # 市中区 东兴区 威远县 资中县 隆昌市
CREDIT_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
BANKS = ("中国工商银行内江分行", "中国农业银行内江分行", "中国建设银行内江分行")


class People:
    """Draws people and employers, none of them twice."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)
        self.used: set[str] = set()
        self.members = 0

    def employer(self, place: int, branch: Branch) -> NewEmployer:
        ratio = Decimal(self.chance.choice((5, 8, 10, 12)))
        name = self._employer_name(place)
        return NewEmployer(
            name=name,
            credit_code=self._credit_code(),
            branch=branch,
            pay_day=self.chance.randint(3, 20),
            employer_ratio=ratio,
            member_ratio=ratio,
            contact_name=self.name(),
            contact_mobile=self.mobile(),
            address=f"{branch.name.removesuffix('管理部')}{self.chance.choice(STREETS)}{self.chance.randint(1, 400)}号",
            legal_person=self.name(),
            economic_type=next(kind for word, kind in TYPE_OF.items() if word in name),
            industry=next(kind for word, kind in INDUSTRY_OF.items() if word in name),
            established_on=date(
                self.chance.randint(1985, 2015), self.chance.randint(1, 12), self.chance.randint(1, 28)
            ),
        )

    def member(self, first_month: Month, floor: Decimal, cap: Decimal) -> NewMember:
        self.members += 1
        wage = Decimal(
            self.chance.randint(2400, 9800) if self.chance.random() < 0.93 else self.chance.randint(9800, 26000)
        )
        return NewMember(
            name=RARE[self.members // 500 % len(RARE)] if self.members % 500 == 7 else self.name(),
            id_number=self._id_number(),
            base=min(max(wage, floor), cap),
            first_month=first_month,
            mobile=self.mobile(),
            card=self.bank_account(),
            card_bank=self.chance.choice(BANKS),
        )

    def name(self) -> str:
        return self.chance.choice(SURNAMES) + "".join(self.chance.sample(GIVEN, self.chance.choice((1, 2, 2))))

    def mobile(self) -> str:
        return self._new(lambda: f"1{self.chance.choice('35789')}{self.chance.randrange(10**9):09d}")

    def bank_account(self) -> str:
        return self._new(lambda: f"6222{self.chance.randrange(10**15):015d}")

    def _employer_name(self, place: int) -> str:
        def draw() -> str:
            town = self.chance.choice(PLACES)
            if place % 9 == 0:
                return f"内江市{town.removeprefix('内江')}{self.chance.choice(PUBLIC)}"
            return f"{town}{self.chance.choice(TRADES)}{self.chance.choice(FORMS)}"

        for _ in range(20):
            name = draw()
            if name not in self.used:
                self.used.add(name)
                return name
        return self._new(lambda: f"{draw()}第{self.chance.randrange(2, 10_000)}分公司")

    def _id_number(self) -> str:
        def draw() -> str:
            born = date(1966, 12, 1) + timedelta(days=self.chance.randrange(13_500))
            body = f"{self.chance.choice(AREAS)}{born:%Y%m%d}{self.chance.randrange(1000):03d}"
            return body + rules.id_check_digit(body)

        return self._new(draw)

    def _credit_code(self) -> str:
        def draw() -> str:
            organisation = "".join(self.chance.choices(CREDIT_LETTERS, k=9))
            body = f"91{self.chance.choice(AREAS)}{organisation}"
            return body + rules.credit_check_digit(body)

        return self._new(draw)

    def _new(self, draw) -> str:
        while (drawn := draw()) in self.used:
            pass
        self.used.add(drawn)
        return drawn
