"""Passwords: one's own, chosen by oneself; first ones, which lead nowhere but to choosing."""

from datetime import timedelta

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.urls import reverse

from access import rules
from access.actions import people
from access.models import UsedPassword, User
from access.queries import night_user, users_seen_by
from access.states import Post, ResetReason
from audit.models import Record
from hpf.errors import Overtaken
from tests.access.factories import DAY, PASSWORD, client_of, person
from tests.accounts import factories
from tests.ledger import books

pytestmark = pytest.mark.django_db
ADDRESS, SIGN_IN = "/password/", "/sign-in/"
NEW = "Qing-Chuan-88-lu"
FIRST = "abcd-efgh-jkmn-2345"
EVERYBODY = [post for post in Post if post not in (Post.BANK, Post.NIGHT)]


@pytest.fixture(autouse=True)
def pages(settings):
    settings.SECURE_SSL_REDIRECT = False
    settings.ALLOWED_HOSTS = ["testserver"]
    books.open_books(DAY)


def newcomer(post: Post = Post.HANDLER, *, days: int = 7, **traits: object) -> User:
    """Somebody who was given a first password."""
    return person(post, first_password_until=DAY + timedelta(days=days), **traits)


def entered(old: str = PASSWORD, new: str = NEW, again: str | None = None) -> dict[str, str]:
    return {"password_old": old, "password": new, "password_again": new if again is None else again}


def change(client: Client, **typed: str):
    return client.post(ADDRESS, entered(**typed))


def sign_in(user: User, password: str, client: Client | None = None):
    return (client or Client()).post(SIGN_IN, {"username": user.username, "password": password})


def text(answer) -> str:
    return answer.content.decode()


def changed_to(user: User, *passwords: str) -> None:
    for password in passwords:
        people.change_password(user, password, on=DAY)


# One's own


@pytest.mark.parametrize("post", EVERYBODY)
def test_everybody_changes_the_own_password(post):
    user = person(post)
    client = client_of(user)
    assert "修改密码" in text(client.get(ADDRESS))
    assert change(client).url == "/"
    user.refresh_from_db()
    assert user.check_password(NEW) and not user.check_password(PASSWORD)
    record = Record.objects.get(act="change_password")
    assert record.by_id == user.pk and not {NEW, PASSWORD} & set(str(record.__dict__).split("'"))


def test_a_change_ends_every_other_sign_in_and_keeps_this_one():
    user = person()
    here, there = client_of(user), client_of(user)
    assert there.get(ADDRESS).status_code == 200
    change(here)
    assert here.get(ADDRESS).status_code == 200
    assert there.get(ADDRESS).url.startswith(SIGN_IN)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"old": "wrong-wrong-wrong"}, "原密码：密码不正确"),
        ({"new": "Kurz-1"}, "至少要有 12 个字符"),
        ({"new": "Abcdefg-12", "again": "Abcdefg-13"}, "两次输入的新密码不一致"),
        ({"new": "password1234"}, "太常见"),
        ({"new": "Liu-Chunhua-77"}, "不能与用户名或姓名相近"),
        ({"new": "all-small-letters"}, "至少三类"),
        ({"new": ""}, "请输入新密码"),
        ({"new": "Xy-" * 100}, "密码不超过256个字符"),
    ],
)
def test_a_password_that_breaks_the_policy_is_told_why_and_changes_nothing(typed, sentence):
    user = person(username="liu.chunhua")
    page = text(change(client_of(user), **typed))
    assert sentence in page and "错误：修改密码" in page
    assert not any(f'value="{word}' in page for word in (PASSWORD, NEW, *filter(None, typed.values())))
    user.refresh_from_db()
    assert user.check_password(PASSWORD) and not Record.objects.filter(act="change_password").exists()


def test_the_kinds_of_characters_are_asked_of_staff():
    handler = person(Post.HANDLER)
    assert change(client_of(handler), new="all-small-letters").status_code == 302


@pytest.mark.parametrize(
    ("password", "kinds"), [("abc", 1), ("abcABC", 2), ("abc1", 2), ("aB1", 3), ("aB1-", 4), ("密码", 0), ("🙂a", 2)]
)
def test_kinds_of_characters(password, kinds):
    assert rules.kinds_of_characters(password) == kinds


def test_a_long_password_with_any_signs_is_taken():
    user = person()
    chosen = "Xy1 🙂 密码" * 8 + "…" * 8
    assert change(client_of(user), new=chosen).status_code == 302
    assert sign_in(user, chosen).url == "/"


def test_none_of_the_last_five_comes_back_and_no_more_is_kept():
    user = person()
    passwords = [f"Jin-Tian-{number}-hao" for number in range(1, 6)]
    changed_to(user, *passwords)
    for held in passwords:
        with pytest.raises(people.UsedBefore, match="最近 5 次"):
            people.change_password(user, held, on=DAY)
    people.change_password(user, f"{PASSWORD}-X1", on=DAY)
    changed_to(user, passwords[0])
    assert UsedPassword.objects.filter(user=user).count() == rules.REMEMBERED_PASSWORDS - 1


def test_members_and_handlers_do_not_take_their_own_numbers():
    account = factories.member_account()
    member, saver = account.member, person(Post.MEMBER)
    type(member).objects.filter(pk=member.pk).update(user=saver)
    page = text(change(client_of(saver), new=f"my-{member.id_number}"))
    assert "不能含有本人的证件号码或手机号" in page
    handler = factories.handler(account.employer)
    mandate = handler.mandates.get()
    mandate.mobile = "13900007777"
    mandate.save()
    client = client_of(handler)
    assert "不能含有本人的证件号码或手机号" in text(change(client, old=factories.PASSWORD, new="my-13900007777"))
    assert change(client, old=factories.PASSWORD, new="my-13900007778").status_code == 302


def test_the_old_password_cannot_be_tried_one_after_the_other():
    user = person()
    client = client_of(user)
    for _ in range(5):
        last = change(client, old="wrong-wrong-wrong")
    assert last.status_code == 429
    assert change(client).status_code == 429
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_of_two_changes_at_once_one_wins():
    user = person()
    mine, theirs = User.objects.get(pk=user.pk), User.objects.get(pk=user.pk)
    changed_to(mine, NEW)
    with pytest.raises(Overtaken):
        people.change_password(theirs, "Lu-Shan-Feng-99", on=DAY)
    user.refresh_from_db()
    assert user.check_password(NEW)


# First passwords


@pytest.mark.parametrize(
    ("post", "address"),
    [
        (Post.HANDLER, "/portal/employer/"),
        (Post.MEMBER, "/portal/member/account/"),
        (Post.CLERK, "/counter/desk/"),
        (Post.OPERATOR, "/"),
    ],
)
def test_a_first_password_leads_to_choosing_an_own_one_and_then_on(post, address):
    user, client = newcomer(post), Client()
    assert sign_in(user, PASSWORD, client).url == "/"
    led = client.get(address)
    assert led.status_code == 302 and led.url == f"{ADDRESS}?next={address.replace('/', '%2F')}"
    page = text(client.get(led.url))
    assert "请先设置您自己的密码" in page and "2026-07-08" in page and "side-menu" not in page
    assert client.post(led.url, entered()).url == address
    user.refresh_from_db()
    assert user.first_password_until is None
    assert ADDRESS not in getattr(client.get(address), "url", "")


def test_nothing_is_handed_in_before_an_own_password():
    member = factories.member_account()
    clerk = newcomer(Post.CLERK)
    address = reverse("accounts:member_reveal", args=[member.pk])
    answer = client_of(clerk).post(address)
    assert answer.url.startswith(ADDRESS) and not Record.objects.filter(act="reveal_numbers").exists()
    part = client_of(clerk).get("/counter/desk/", headers={"HX-Request": "true"})
    assert part.headers["HX-Redirect"].startswith(ADDRESS)


def test_who_has_a_first_password_may_leave():
    client = client_of(newcomer())
    assert client.get(reverse("access:session")).json()["left"] > 0
    assert client.post(reverse("access:sign_out")).url == SIGN_IN


def test_the_first_password_is_no_own_one():
    user = newcomer()
    page = text(change(client_of(user), new=PASSWORD))
    assert "不能与最近 5 次" in page and "初始密码" in page
    user.refresh_from_db()
    assert user.first_password_until is not None


@pytest.mark.parametrize(("days", "reached"), [(0, True), (-1, False)])
def test_a_first_password_holds_to_its_last_day(days, reached):
    answer = sign_in(newcomer(days=days), PASSWORD)
    assert (answer.status_code == 302) is reached
    assert reached or "初始密码已于 2026-06-30 到期" in text(answer)


def test_a_wrong_password_does_not_tell_that_the_first_one_has_run_out():
    assert "到期" not in text(sign_in(newcomer(days=-1), "wrong-wrong"))


def test_a_new_handler_is_given_seven_days():
    from accounts.actions import mandates

    new = mandates.NewHandler("wang.fang", "王芳", people.first_password(), mandates.Paper())
    made = mandates.appoint_new(factories.employer(), new, by=person(), on=DAY)
    assert made.user.first_password_until == DAY + timedelta(days=7)


def test_a_sign_in_made_with_an_own_password_goes_straight_on():
    made = people.create_user(people.NewUser("zhou.min", "周敏", Post.CLERK, None, PASSWORD), by=night_user(), on=DAY)
    assert made.first_password_until is None


# Given out anew


def operator(branch: int = 0) -> User:
    return person(Post.OPERATOR, branch_id=branch)


def test_the_operator_gives_out_a_first_password_that_is_shown_once():
    user, client = person(Post.FINANCE, username="li.jing"), client_of(operator())
    other = client_of(user)
    address = reverse("access:user_reset", args=[user.pk])
    assert "当面核对本人身份证件" in text(client.get(address))
    answer = client.post(address, {"reason": ResetReason.FORGOTTEN})
    page = text(client.get(answer.url))
    given = page.split('初始密码 <b class="code">')[1].split("<")[0]
    assert "2026-07-08" in page and given not in text(client.get(answer.url)) and given not in str(dict(client.session))
    assert other.get(ADDRESS).url.startswith(SIGN_IN)
    user.refresh_from_db()
    assert user.check_password(given) and user.first_password_until == DAY + timedelta(days=7)
    record = Record.objects.get(act="reset_password")
    assert record.why == "本人忘记密码" and given not in str(record.__dict__)


def test_a_reset_lifts_the_lock_of_who_forgot():
    user = person()
    for _ in range(5):
        sign_in(user, "wrong-wrong")
    assert sign_in(user, PASSWORD).status_code == 429
    given = people.reset_password(user, ResetReason.FORGOTTEN, until=DAY, by=operator(), on=DAY)
    assert sign_in(user, given).status_code == 302


def test_what_was_given_out_is_not_chosen_again():
    user = person(Post.HANDLER)
    given = people.reset_password(user, ResetReason.LEAKED, until=DAY, by=operator(), on=DAY)
    for taken in (given, PASSWORD):
        with pytest.raises(people.UsedBefore):
            people.change_password(user, taken, on=DAY)


@pytest.mark.parametrize(("trait", "sentence"), [({}, "不能重置本人的密码"), ({"is_active": False}, "已停用")])
def test_whom_no_password_is_given_out_to(trait, sentence):
    by = operator()
    user = person(**trait) if trait else by
    page = text(client_of(by).post(reverse("access:user_reset", args=[user.pk]), {"reason": "FORGOTTEN"}))
    assert sentence in page and not Record.objects.filter(act="reset_password").exists()


@pytest.mark.parametrize("reason", ["", "EIGEN"])
def test_a_reset_says_why(reason):
    user = person()
    page = text(client_of(operator()).post(reverse("access:user_reset", args=[user.pk]), {"reason": reason}))
    assert "重置原因：请" in page and not Record.objects.filter(act="reset_password").exists()


def test_an_operator_looks_after_the_own_office_and_the_centre_after_all_and_machines_after_nobody():
    near, far, handler, bank = person(), person(branch_id=4), person(Post.HANDLER, branch_id=None), person(Post.BANK)
    seen = {user.pk for user in users_seen_by(operator())}
    assert {near.pk, far.pk, handler.pk} <= seen and bank.pk not in seen and night_user().pk not in seen
    here = {user.pk for user in users_seen_by(operator(1))}
    assert near.pk in here and not {far.pk, handler.pk} & here
    assert client_of(operator(1)).get(reverse("access:user_reset", args=[far.pk])).status_code == 404
    assert not users_seen_by(person(Post.MANAGER)).exists()


def test_users_are_found_by_name_post_and_office():
    person(username="zhang.wei", name="张伟")
    person(Post.FINANCE, username="zhang.min", name="张敏", branch_id=4)
    client = client_of(operator())
    for query, found in (
        ("q=zhang", {"zhang.wei", "zhang.min"}),
        ("q=张敏", {"zhang.min"}),
        ("branch=1", {"zhang.wei"}),
    ):
        page = text(client.get(f"/counter/users/?{query}"))
        assert {name for name in ("zhang.wei", "zhang.min") if name in page} == found
    assert "没有符合条件的用户" in text(client.get("/counter/users/?q=nobody-here"))


def test_the_list_of_users_costs_as_much_for_sixty_as_for_ten(django_assert_max_num_queries):
    User.objects.bulk_create(
        User(username=f"many{n:03d}", name="众", post=Post.CLERK, branch_id=1, password=make_password(None))
        for n in range(60)
    )
    client = client_of(operator())
    client.get("/counter/users/")
    with django_assert_max_num_queries(9):
        page = text(client.get("/counter/users/"))
    assert page.count("<tr>") == 51 and "下一页" in page
