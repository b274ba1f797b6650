"""The platform that answers for other authorities 数据共享平台: one question about one person, over HTTP.

    POST <HPF_SHARED_DATA_URL>/property/      {"name", "id_number", "purpose"} -> {"homes": 0}
    POST <HPF_SHARED_DATA_URL>/retirement/    the same                         -> {"retired_on": "2026-06-30" or null}

Whatever is not such an answer, within the time given, counts as a platform that is down: papers take its place.
"""

import logging
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import httpx
from django.conf import settings

from withdrawals.states import InquiryKind, InquiryOutcome

LOG = logging.getLogger(__name__)
PATHS = {InquiryKind.PROPERTY: "property/", InquiryKind.RETIREMENT: "retirement/"}


@dataclass(frozen=True, slots=True)
class Person:
    """Who is asked about 被查询人."""

    name: str
    id_number: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the platform said 查询结果: `text` is how many homes, or the day of retirement; empty without a record."""

    outcome: InquiryOutcome
    source: str
    text: str = ""


class SharedData(Protocol):
    """Whoever answers for other authorities 数据共享接口."""

    def ask(self, kind: InquiryKind, person: Person, purpose: str) -> Answer: ...


class Platform:
    """The platform over HTTP 数据共享平台; it is never asked twice for one question."""

    def __init__(self, url: str, seconds: int) -> None:
        self.url, self.seconds = url.rstrip("/") + "/", seconds

    def ask(self, kind: InquiryKind, person: Person, purpose: str) -> Answer:
        """One question 查询; a platform that is down is an answer too."""
        asked = {"name": person.name, "id_number": person.id_number, "purpose": purpose}
        source = httpx.URL(self.url).host
        try:
            reply = httpx.post(self.url + PATHS[kind], json=asked, timeout=self.seconds, follow_redirects=False)
            reply.raise_for_status()
            found = _homes(reply.json()) if kind == InquiryKind.PROPERTY else _retired_on(reply.json())
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError) as mistake:
            LOG.warning("数据共享平台未能回答 %s：%s", kind.label, type(mistake).__name__)  # never who was asked about
            return Answer(InquiryOutcome.DOWN, source)
        return Answer(InquiryOutcome.FOUND if found else InquiryOutcome.NONE, source, found)


class Nobody:
    """No platform is set up: everything is done by papers 未接入数据共享平台."""

    def ask(self, kind: InquiryKind, person: Person, purpose: str) -> Answer:
        """It is always down 平台不可用."""
        return Answer(InquiryOutcome.DOWN, "未接入")


def shared_data() -> SharedData:
    """The platform this installation asks 数据共享平台."""
    url = settings.SHARED_DATA_URL
    return Platform(url, settings.SHARED_DATA_SECONDS) if url else Nobody()


def _homes(said: dict[str, object]) -> str:
    homes = said["homes"]
    if not isinstance(homes, int) or isinstance(homes, bool) or homes < 0:
        raise ValueError("homes")
    return str(homes) if homes else ""


def _retired_on(said: dict[str, object]) -> str:
    retired_on = said["retired_on"]
    return "" if retired_on is None else date.fromisoformat(str(retired_on)).isoformat()
