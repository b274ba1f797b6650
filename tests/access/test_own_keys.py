"""A person's own keys: which may be chosen, how they are kept, and the page that asks for them 我的快捷键."""

import json

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from access import rules
from access.actions import keyboard
from access.models import User
from access.states import DEFAULT_KEYS, KeyFunction, Post
from audit.models import Record
from tests.access.factories import DAY, client_of, person

PAGE = "/my/keys/"


def usual(**changes: str) -> dict[KeyFunction, str]:
    return DEFAULT_KEYS | {KeyFunction(name): key for name, key in changes.items()}


def posted(**changes: str) -> dict[str, str]:
    return {function.value: key for function, key in usual(**changes).items()}


@pytest.mark.parametrize(
    ("function", "typed", "kept"),
    [
        ("PRINT", "f8", "F8"),
        ("PRINT", " alt + p ", "Alt+P"),
        ("SUBMIT", "control+ENTER", "Ctrl+Enter"),
        ("SUBMIT", "Shift+F2", "Shift+F2"),
        ("BACK", "escape", "Esc"),
        ("NEXT_ROW", "N", "n"),
        ("HELP", "+", "+"),
        ("TAB", "1", "1"),
        ("READ_CARD", "  ", ""),
    ],
)
def test_a_key_is_kept_in_one_writing(function, typed, kept):
    assert rules.read_key(KeyFunction(function), typed) == kept


@pytest.mark.parametrize(
    ("function", "typed", "refused"),
    [
        ("PRINT", "打印", rules.KeyNotRead),
        ("PRINT", "Ctrl+", rules.KeyNotRead),
        ("PRINT", "F13", rules.KeyNotRead),
        ("PRINT", "Ctrl+Shift+P", rules.KeyNotRead),
        ("PRINT", "Alt+Shift+P", rules.KeyNotRead),
        *[("PRINT", key, rules.KeyOfBrowser) for key in ("Ctrl+W", "Ctrl+T", "ctrl+n", "Ctrl+L", "Ctrl+C", "Ctrl+5")],
        *[("PRINT", key, rules.KeyOfBrowser) for key in ("F5", "F11", "F12", "Ctrl+F5", "Alt+F4", "Alt+D", "Tab")],
        ("SUBMIT", "Enter", rules.KeyBreaksTyping),
        ("HELP", "Shift+Enter", rules.KeyBreaksTyping),
        ("PRINT", "p", rules.KeyBreaksTyping),
        ("READ_CARD", "1", rules.KeyBreaksTyping),
        ("PRINT", "Esc", rules.KeyBreaksTyping),
        ("TAB", "Alt+2", rules.KeyNotForTabs),
        ("TAB", "F2", rules.KeyNotForTabs),
    ],
)
def test_a_key_that_cannot_be_is_refused(function, typed, refused):
    with pytest.raises(refused):
        rules.read_key(KeyFunction(function), typed)


def test_the_usual_keys_may_be_chosen_and_do_not_clash():
    assert {function: rules.read_key(function, key) for function, key in DEFAULT_KEYS.items()} == DEFAULT_KEYS
    assert rules.clashes(DEFAULT_KEYS) == [] and set(DEFAULT_KEYS) == set(KeyFunction)


def test_a_clash_names_the_function_that_has_the_key():
    (found,) = rules.clashes(usual(PRINT="F9"))
    assert found.field == "PRINT" and found.sentence == "“F9”已用于“提交复核”，请换一个，或先更改“提交复核”的按键"


def test_the_tabs_have_nine_keys():
    (found,) = rules.clashes(usual(PRINT="Alt+7"))
    assert found.field == "PRINT" and "打开第几个分栏" in found.sentence
    assert rules.clashes(usual(PRINT="Alt+7", TAB="")) == []


def test_ones_own_key_goes_before_a_usual_one():
    """A key somebody chose long ago may become the usual one of another function later."""
    keys = rules.keys_of({"PRINT": "F9", "GONE": "F2"})
    assert keys[KeyFunction.PRINT] == "F9" and keys[KeyFunction.APPROVAL] == "" and keys[KeyFunction.SEARCH] == "F2"


@pytest.mark.django_db
def test_only_what_differs_is_kept_with_a_trail():
    user = person()
    keyboard.choose(usual(PRINT="Alt+P", HELP=""), by=user, on=DAY)
    assert User.objects.get(pk=user.pk).keys == {"PRINT": "Alt+P", "HELP": ""}
    keyboard.choose(usual(PRINT="Alt+P", HELP=""), by=user, on=DAY)
    record = Record.objects.get(act="choose_keys", subject_id=str(user.pk))
    assert record.before == {"keys": "默认"}
    assert record.after == {"keys": "打印本页 Alt+P；打开或关闭按键说明 无"}
    keyboard.restore(by=user, on=DAY)
    assert User.objects.get(pk=user.pk).keys == {}


@pytest.mark.django_db
def test_the_action_refuses_two_functions_with_one_key():
    user = person()
    with pytest.raises(rules.KeyTaken):
        keyboard.choose(usual(PRINT="F9"), by=user, on=DAY)
    assert User.objects.get(pk=user.pk).keys == {}


@pytest.mark.django_db
@pytest.mark.parametrize("unsound", ['["F8"]', '{"PRINT": 8}', '{"PRINT": "' + "F" * 1000 + '"}'])
def test_the_database_keeps_nothing_but_texts_by_name(unsound):
    user = person()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("update access_user set keys = %s::jsonb where id = %s", [unsound, user.pk])


@pytest.mark.django_db
def test_the_page_keeps_the_keys_and_every_page_is_given_them():
    user = person(Post.FINANCE)
    client = client_of(user)
    answer = client.post(PAGE, posted(PRINT="alt+p"), follow=True)
    given = json.dumps(["PRINT", "Alt+P", "打印本页"], ensure_ascii=False).replace('"', "&#34;")
    assert "快捷键已保存" in answer.content.decode() and given in answer.content.decode()
    answer = client.post(f"{PAGE}reset/", follow=True)
    assert "已恢复默认快捷键" in answer.content.decode() and User.objects.get(pk=user.pk).keys == {}


@pytest.mark.django_db
def test_every_wrong_key_is_named_at_once_and_nothing_is_kept():
    user = person()
    page = client_of(user).post(PAGE, posted(PRINT="F9", SUBMIT="Enter", READ_CARD="Ctrl+W")).content.decode()
    assert "有 3 处需要更正" in page
    assert "“F9”已用于“提交复核”" in page and "“Enter”会妨碍填写" in page and "“Ctrl+W”由浏览器" in page
    assert User.objects.get(pk=user.pk).keys == {}


@pytest.mark.django_db
def test_a_stranger_has_no_keys_to_change():
    assert Client().get(PAGE).status_code == 302 and Client().post(f"{PAGE}reset/").status_code == 302
    assert Client().get("/night/").status_code == 302
