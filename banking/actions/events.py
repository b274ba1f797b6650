"""Telling banks what has happened 事件: in the transaction of the act, so that neither stands without the other."""

from collections.abc import Sequence

from django.db import connection, transaction

from banking import queries
from banking.models import Bank, Event, Payment
from banking.states import EventType

# The sequence of a subject cannot be drawn twice: whoever moves a payment holds its row.
TELL = """
with told as (
    insert into banking_event (bank_id, type, subject, sequence, payload)
    select a.bank_id, %(type)s, p.reference,
           1 + (select count(*) from banking_event e where e.subject = p.reference),
           jsonb_build_object('payment_id', p.reference, 'status', p.status, 'amount', p.amount::text,
                              'currency', 'CNY', 'sending', p.sendings)
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


# One reader of a bank at a time: what it sees is committed, and comes after all that was numbered before.
TURN = "select pg_advisory_xact_lock(hashtextextended('banking.events:' || %(bank)s::text, 0))"
NUMBER = """
update banking_event e set position = placed.position
from (
    select waiting.id, nextval('banking_event_positions') as position
    from (select id from banking_event where bank_id = %(bank)s and position is null order by id) waiting
) placed
where e.id = placed.id
"""


@transaction.atomic
def read(bank: Bank, after: int, limit: int) -> list[Event]:
    """A bank's events after a place in its list 读取事件; who reads on from where it stopped misses nothing.

    What is new is given its place now. Transactions do not commit in the order in which they draw numbers, so an event
    cannot bring its place along.
    """
    with connection.cursor() as cursor:
        cursor.execute(TURN, {"bank": bank.pk})
        cursor.execute(NUMBER, {"bank": bank.pk})
    return list(queries.events_after(bank, after)[:limit])
