"""close_day: the day end by hand, as the night does it."""

import time
from argparse import ArgumentParser
from datetime import date

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from hpf import dayend
from hpf.errors import Refusal
from ledger import queries


class Command(BaseCommand):
    help = "Run the day end 日终 for the open business day, or day by day through a date. Safe to run again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--date", type=date.fromisoformat, help="the day to close: the open one, or one closed already"
        )
        parser.add_argument("--through", type=date.fromisoformat, help="close day by day up to and including this day")

    def handle(self, *args: object, **options: object) -> None:
        try:
            self.close(options["date"], options["through"])
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from refusal

    def close(self, day: object, through: object) -> None:
        current = queries.next_to_close()
        if isinstance(day, date) and day > current and not through:
            raise CommandError(f"当前待日终的会计日是 {current}，请先办理，或使用 --through {day}")
        last = through or day or current
        if not isinstance(last, date):
            raise CommandError("日期无效")
        if last < current:
            self.stdout.write(f"{last} 已结账")
        while current <= last:
            self.night(current)
            self.stdout.write(f"{current} 已结账")
            current = queries.next_to_close()

    def night(self, day: date) -> None:
        """One night; what a killed worker holds is free when its lease ends, so two leases are waited for."""
        until = time.monotonic() + 2 * settings.NIGHT_LEASE.total_seconds()
        while True:
            try:
                for step, counts in dayend.run(day):
                    did = "，".join(f"{name} {count}" for name, count in counts.items()) or "无"
                    self.stdout.write(f"{day} {step}: {did}")
                return
            except dayend.LeftToOthers as refusal:
                if time.monotonic() > until:
                    raise
                self.stdout.write(f"{refusal.sentence}，等待中")
                time.sleep(1)
