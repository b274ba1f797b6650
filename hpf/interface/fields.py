"""Fields of what machines send 接口字段: strict, so that nothing is taken for what it is not."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

AMOUNT = re.compile(r"-?[0-9]{1,11}\.[0-9]{2}")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
UNKNOWN = "unknown_field"
SHOWN_UNKNOWN = 20


class Text(serializers.CharField):
    """Text, and nothing that could be taken for it. Line breaks and runs of blanks carry no meaning: one blank."""

    default_error_messages = {"not_text": "须为文本(JSON 字符串)", "invisible": "含有不可见字符"}

    def run_validation(self, data: Any = serializers.empty) -> Any:
        if data is not serializers.empty and not isinstance(data, str):
            self.fail("not_text")
        return super().run_validation(" ".join(data.split()) if isinstance(data, str) else data)

    def to_internal_value(self, data: str) -> str:
        if any(unicodedata.category(character) in ("Cc", "Cs") for character in data):
            self.fail("invisible")
        return super().to_internal_value(data)


class Serial(serializers.CharField):
    """The bank's serial number, exactly as sent: it is the key under which a notice is booked once."""

    default_error_messages = {"not_serial": "须为 1 至 64 个可见字符的文本，首尾不带空格"}

    def run_validation(self, data: Any = serializers.empty) -> Any:
        if data is serializers.empty:
            return super().run_validation(data)
        if not isinstance(data, str) or not 1 <= len(data) <= 64 or not data.isprintable() or data != data.strip():
            self.fail("not_serial")
        return data


@extend_schema_field({"type": "string", "pattern": "^-?[0-9]{1,11}\\.[0-9]{2}$", "examples": ["1234.56"]})
class Amount(serializers.Field[Decimal, str, str, Any]):
    """Yuan as text with two decimals. A JSON number is refused: on its way it may have been a binary fraction."""

    default_error_messages = {"not_money": '金额须为文本，两位小数，如 "1234.56"'}

    def to_internal_value(self, data: object) -> Decimal:
        if not isinstance(data, str) or not AMOUNT.fullmatch(data):
            self.fail("not_money")
        return Decimal(data)


@extend_schema_field({"type": "string", "format": "date", "examples": ["2026-07-01"]})
class Day(serializers.Field[date, str, str, Any]):
    """A calendar day as text, 2026-07-01."""

    default_error_messages = {"not_day": "日期须为 YYYY-MM-DD 的文本"}

    def to_internal_value(self, data: object) -> date:
        if not isinstance(data, str) or not DAY.fullmatch(data):
            self.fail("not_day")
        try:
            return date.fromisoformat(data)
        except ValueError:
            self.fail("not_day")


class Strict(serializers.Serializer[Any]):
    """Takes the fields it lists and refuses any other by name."""

    def to_internal_value(self, data: Any) -> Any:
        unknown = sorted(data.keys() - self.fields.keys()) if isinstance(data, Mapping) else []
        if unknown:
            wrong = ErrorDetail("未知字段", code=UNKNOWN)
            raise serializers.ValidationError({printable(name): [wrong] for name in unknown[:SHOWN_UNKNOWN]})
        return super().to_internal_value(data)


def printable(value: object) -> str:
    """What a client sent, as text that can be stored and shown."""
    text = "(嵌套内容)" if isinstance(value, list | dict) else str(value)[:200]
    return "".join(character if character.isprintable() else "\ufffd" for character in text)
