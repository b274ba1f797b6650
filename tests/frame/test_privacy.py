"""Sealed values stay in their place, blind indexes find them, masks hide them."""

import base64
import re
import secrets

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from hpf import privacy

HERE = {"table": "accounts_member", "column": "id_number_sealed", "row": 7}
NUMBER = "51100219900101123X"


def keys(*names: str) -> str:
    return ",".join(f"{name}:{base64.b64encode(secrets.token_bytes(32)).decode()}" for name in names)


@pytest.fixture(autouse=True)
def own_keys(settings):
    settings.FIELD_KEYS = keys("k1", "index")


def test_a_sealed_value_comes_back_and_names_algorithm_and_key():
    sealed = privacy.seal(NUMBER, **HERE)
    assert sealed.startswith("v1.a256gcm.k1.")
    assert privacy.reveal(sealed, **HERE) == NUMBER


@pytest.mark.parametrize("text", ["", "𠮷野家·阿卜杜拉", "x" * 10_000])
def test_any_text_survives(text):
    assert privacy.reveal(privacy.seal(text, **HERE), **HERE) == text


def test_equal_values_look_different():
    assert privacy.seal(NUMBER, **HERE) != privacy.seal(NUMBER, **HERE)


@pytest.mark.parametrize("elsewhere", [{"row": 8}, {"column": "mobile_sealed"}, {"table": "access_user"}])
def test_a_value_moved_to_another_place_is_unreadable(elsewhere):
    sealed = privacy.seal(NUMBER, **HERE)
    with pytest.raises(privacy.Unreadable):
        privacy.reveal(sealed, **{**HERE, **elsewhere})


def test_two_swapped_values_are_both_unreadable():
    other = {**HERE, "row": 8}
    mine, theirs = privacy.seal("1111", **HERE), privacy.seal("2222", **other)
    for sealed, place in ((theirs, HERE), (mine, other)):
        with pytest.raises(privacy.Unreadable):
            privacy.reveal(sealed, **place)


def test_one_changed_bit_is_noticed():
    header, body = privacy.seal(NUMBER, **HERE).rsplit(".", 1)
    raw = bytearray(base64.b64decode(body))
    for position in range(len(raw)):
        changed = bytes(raw[:position]) + bytes([raw[position] ^ 1]) + bytes(raw[position + 1 :])
        with pytest.raises(privacy.Unreadable):
            privacy.reveal(f"{header}.{base64.b64encode(changed).decode()}", **HERE)


@pytest.mark.parametrize(
    "broken", ["", NUMBER, "v1.a256gcm.k1", "v1.a256gcm.k1.!!", "v2.a256gcm.k1.AAAA", "v1.rot13.k1.AAAA"]
)
def test_what_was_never_sealed_is_refused_without_repeating_it(broken):
    with pytest.raises(privacy.Unreadable) as refusal:
        privacy.reveal(broken, **HERE)
    assert NUMBER not in str(refusal.value)


def test_a_new_key_in_front_seals_while_the_old_still_reveals(settings):
    old = privacy.seal(NUMBER, **HERE)
    settings.FIELD_KEYS = f"{keys('k2')},{settings.FIELD_KEYS}"
    assert privacy.reveal(old, **HERE) == NUMBER
    assert privacy.seal(NUMBER, **HERE).startswith("v1.a256gcm.k2.")


def test_without_its_key_a_value_is_unreadable(settings):
    sealed = privacy.seal(NUMBER, **HERE)
    settings.FIELD_KEYS = keys("k2", "index")
    with pytest.raises(privacy.Unreadable):
        privacy.reveal(sealed, **HERE)


@pytest.mark.parametrize(
    "text",
    ["", "k1:AAAA", "k1:AAAA,index:AAAA", "k1,index", keys("index"), keys("k1")],
    ids=["none", "short", "both short", "no keys", "only index", "no index"],  # random keys are no names
)
def test_bad_keys_stop_the_start_and_are_not_repeated(text):
    with pytest.raises(ImproperlyConfigured) as trouble:
        privacy.Keys.parse(text)
    assert "AAAA" not in str(trouble.value)


def test_files_are_sealed_as_they_are():
    data = bytes(range(256)) * 40
    sealed = privacy.seal_bytes(data, **HERE)
    assert sealed.startswith(b"v1.a256gcm.k1.") and data[:64] not in sealed
    assert privacy.reveal_bytes(sealed, **HERE) == data
    with pytest.raises(privacy.Unreadable):
        privacy.reveal_bytes(sealed, **{**HERE, "row": 8})


def test_the_index_is_one_for_every_spelling_and_differs_by_kind():
    index = privacy.blind_index("id_number", NUMBER)
    assert index == privacy.blind_index("id_number", " 511002 19900101 123x ")
    assert index == privacy.blind_index("id_number", "５１１００２１９９００１０１１２３Ｘ")
    assert index != privacy.blind_index("mobile", NUMBER)
    assert len(index) == 32


def test_the_index_differs_between_two_installations(settings):
    here = privacy.blind_index("id_number", NUMBER)
    settings.FIELD_KEYS = keys("k1", "index")
    assert privacy.blind_index("id_number", NUMBER) != here


def test_the_index_survives_a_new_sealing_key(settings):
    before = privacy.blind_index("id_number", NUMBER)
    settings.FIELD_KEYS = f"{keys('k2')},{settings.FIELD_KEYS}"
    assert privacy.blind_index("id_number", NUMBER) == before


@pytest.mark.django_db
def test_a_raw_dump_holds_none_of_a_thousand_values():
    values = [f"5110021990{n:07d}X" for n in range(1000)]
    with connection.cursor() as cursor:
        cursor.execute("create temporary table person (id bigint, sealed text, found_by bytea) on commit drop")
        cursor.executemany(
            "insert into person values (%s, %s, %s)",
            [
                (n, privacy.seal(text, table="person", column="sealed", row=n), privacy.blind_index("id_number", text))
                for n, text in enumerate(values)
            ],
        )
        with cursor.copy("copy person to stdout") as copy:
            dump = b"".join(copy)
    assert dump.count(b"\n") == 1000
    assert [text for text in values if text.encode() in dump] == []


class Meta:
    db_table = "person"


class Person:
    _meta = Meta
    mobile = privacy.Sealed("mobile_sealed")

    def __init__(self, pk):
        self.pk, self.mobile_sealed = pk, ""


def test_a_sealed_attribute_reads_and_writes_through_its_column():
    person = Person(5)
    person.mobile = "13800001234"
    assert person.mobile_sealed.startswith("v1.") and person.mobile == "13800001234"
    person.mobile = ""
    assert person.mobile_sealed == "" and person.mobile == ""


def test_a_sealed_attribute_needs_the_number_of_its_row():
    with pytest.raises(ValueError, match="needs its number"):
        Person(None).mobile = "13800001234"


@pytest.mark.parametrize(
    ("mask", "text", "shown"),
    [
        (privacy.masked_id, NUMBER, "511***********123X"),
        (privacy.masked_mobile, "13800001234", "138****1234"),
        (privacy.masked_card, "6222021234567890123", "6222***********0123"),
        (privacy.masked_id, "E12345678", "E*******8"),
        (privacy.masked_id, "1234", "****"),
        (privacy.masked_id, "", ""),
    ],
)
def test_masks_keep_only_the_ends(mask, text, shown):
    assert mask(text) == shown
    assert len(re.sub(r"[^*]", "", shown)) >= min(len(text), 4)
