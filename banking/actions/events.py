"""Telling banks what has happened 事件: in the transaction of the act, so that neither stands without the other."""

from collections.abc import Sequence

from django.db import connection

from banking.models import Payment
from banking.states import EventType

# The sequence of a subject cannot be drawn twice: whoever moves a payment holds its row.
TELL = """
with told as (
    insert into banking_event (bank_id, type, subject, sequence, payload, xid)
    select a.bank_id, %(type)s, p.reference,
           1 + (select count(*) from banking_event e where e.subject = p.reference),
           jsonb_build_object('payment_id', p.reference, 'status', p.status, 'amount', p.amount::text,
                              'currency', 'CNY', 'sending', p.sendings),
           pg_current_xact_id()::text::bigint
    from banking_payment p join banking_bankaccount a on a.id = p.account_id
    where p.id = any(%(payments)s)
    order by p.id
    returning id, bank_id
)
insert into banking_delivery (event_id, status, attempts, last_error)
select told.id, 'PENDING', 0, '' from told join banking_webhook w on w.bank_id = told.bank_id
where w.url <> ''
"""


def tell(type_: EventType, payments: Sequence[Payment]) -> None:
    """Tell the banks of these payments what has happened to them, one event each 写入事件.

    Call it in the act's transaction, after the status was moved. It carries ids and amounts, no personal data.
    """
    if payments:
        with connection.cursor() as cursor:
            cursor.execute(TELL, {"type": type_.value, "payments": [payment.pk for payment in payments]})
