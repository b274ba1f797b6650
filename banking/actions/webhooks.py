"""Pushing events to banks 事件推送: tried until taken, eight times within a day, then left to a person.

The call itself is made outside of any transaction. A try is written down before it is made, with the time of the next
one: a worker that dies in between costs one try and loses nothing; the bank may get an event twice, and knows its id.
"""

import base64
import json
import secrets
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta

from django.db import transaction

from access.models import User
from audit.actions import trail
from banking import queries, rules
from banking.gateways import webhooks as line
from banking.models import Bank, Delivery, Webhook
from banking.states import DeliveryStatus
from hpf.errors import Refusal
from hpf.numbers import draw_ids

AT_ONCE = 50
PUSHERS = 10
OLD_SECRET_LASTS = timedelta(hours=24)
SECRET_BYTES = 32
STOPPED = "银行已停用推送地址"


class AddressRefused(Refusal):
    """Events cannot be pushed there 推送地址不可用."""

    message = "推送地址不可用：{why}"
    code = "address_refused"


@transaction.atomic
def set_address(bank: Bank, url: str, *, new_secret: bool, at: datetime, by: User, on: date) -> str:
    """Have a bank's events pushed to an address, or with none no longer 设置推送地址.

    Answers the secret that signs them where it is a new one, else nothing. After a change the old one signs too for a
    day, so that the bank can change over without a stop.

    Raises:
        AddressRefused: the address is not one the centre pushes to.
    """
    if url and (why := line.trouble_with(url)):
        raise AddressRefused(field="url", why=why)
    held = Bank.objects.select_for_update().get(pk=bank.pk)
    webhook = Webhook.objects.filter(bank=held).first()
    if webhook is None and not url:
        return ""  # there is nothing to stop, and a secret that nobody expects would be lost
    old_url, given = (webhook.url, "") if webhook else ("", "")
    if webhook is None or new_secret:
        given = f"whsec_{base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()}"
    if webhook is None:
        webhook = Webhook(pk=draw_ids(Webhook, 1)[0], bank=held)
    elif new_secret:
        webhook.old_secret, webhook.old_until = webhook.secret, at + OLD_SECRET_LASTS
    if not old_url:
        webhook.since = at
    webhook.url = url
    if given:
        webhook.secret = given
    webhook.save()
    trail.note("set_webhook", bank, by=by, on=on, before={"url": old_url}, url=url, new_secret=bool(given))
    return given


def deliver_due(*, at: datetime, by: User, on: date) -> dict[str, int]:
    """Push what is due 推送到期事件; answers how many were taken, put off and given up."""
    counts = {"delivered": 0, "put_off": 0, "dead": 0}
    taken = _take_due(at)
    # One bank that lets us wait must not keep the others waiting.
    with ThreadPoolExecutor(PUSHERS) as pool:
        errors = list(pool.map(lambda delivery: _push(delivery, at), taken))
    for delivery, error in zip(taken, errors, strict=True):
        counts[_record(delivery, error, at=at, by=by, on=on)] += 1
    return counts


@transaction.atomic
def replay(deliveries: Iterable[Delivery], *, at: datetime, by: User, on: date) -> int:
    """Have given-up events pushed again 重新推送; answers how many.

    Raises:
        NotAllowedNow, Overtaken: one of them was not given up.
    """
    rows = list(deliveries)
    trail.move_many(rows, DeliveryStatus.PENDING, by=by, on=on, attempts=0, next_at=at, ended_at=None)
    return len(rows)


@transaction.atomic
def _take_due(at: datetime) -> list[Delivery]:
    """Take some deliveries that are due, each with its next try already written down."""
    due = Delivery.objects.filter(status=DeliveryStatus.PENDING, next_at__lte=at).order_by("next_at", "pk")
    taken = list(due.select_related("event__bank__webhook").select_for_update(skip_locked=True, of=("self",))[:AT_ONCE])
    for delivery in taken:
        delivery.attempts += 1
        pause = rules.pause_after(min(delivery.attempts, rules.MOST_TRIES), jitter=secrets.randbelow(rules.JITTER))
        delivery.next_at = at + pause
        delivery.save(update_fields=["attempts", "next_at"])
    return taken


def _push(delivery: Delivery, at: datetime) -> str:
    """Why an event was not taken, or nothing."""
    event, webhook = delivery.event, delivery.event.bank.webhook
    if not webhook.url:
        return STOPPED
    message = line.Message(f"ev_{event.pk}", int(at.timestamp()), json.dumps(queries.content_of(event)).encode())
    keys = [webhook.secret]
    if webhook.old_until and at < webhook.old_until:
        keys.append(webhook.old_secret)
    try:
        line.push(webhook.url, message, keys)
    except line.Unreachable as trouble:
        return str(trouble)
    return ""


@transaction.atomic
def _record(delivery: Delivery, error: str, *, at: datetime, by: User, on: date) -> str:
    """Write down how a try ended. Another worker may have ended it meanwhile; then that stands."""
    rows = Delivery.objects.select_for_update().filter(pk=delivery.pk, status=DeliveryStatus.PENDING)
    held = rows.first()
    if held is None:
        return "delivered"
    if not error:
        trail.move(held, DeliveryStatus.DELIVERED, by=by, on=on, next_at=None, ended_at=at, last_error="")
        return "delivered"
    if held.attempts >= rules.MOST_TRIES or error == STOPPED:
        trail.move(held, DeliveryStatus.DEAD, by=by, on=on, next_at=None, ended_at=at, last_error=error)
        return "dead"
    held.last_error = error
    held.save(update_fields=["last_error"])
    return "put_off"
