"""Entrusted banks 受托银行: how one comes to report to us."""

import secrets
from datetime import date

from django.db import transaction

from access.actions import api_clients
from access.models import User
from audit.actions import trail
from banking.models import Bank


@transaction.atomic
def connect(bank: Bank, *, by: User, on: date) -> tuple[str, str]:
    """Give a bank a key to sign with, and its client when it has none yet 接入银行.

    Answers the key's id and its secret, which is shown this once and kept sealed. A bank that is connected already
    gets another key beside the old one, so that it can change over without a stop.
    """
    bank = Bank.objects.select_for_update().get(pk=bank.pk)
    if bank.client is None:
        bank.client = api_clients.create_client(f"bank-{bank.code}", bank.name, by=by, on=on)
        bank.save(update_fields=["client"])
        trail.note("connect_bank", bank, by=by, on=on, client=bank.client.name)
    key_id, secret = f"bank-{bank.code}-{secrets.token_hex(4)}", secrets.token_hex(32)
    api_clients.issue_key(bank.client, key_id, secret, by=by, on=on)
    return key_id, secret
