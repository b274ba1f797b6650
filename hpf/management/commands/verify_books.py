"""verify_books: asks every check of every room and names what is broken."""

from argparse import ArgumentParser
from datetime import date
from itertools import groupby

from django.core.management.base import BaseCommand, CommandError

from access.models import Branch
from audit.actions import inspection
from ledger import queries


class Command(BaseCommand):
    help = "Prove the books 账务核验: one line per invariant, exit 1 when any is broken."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--as-of", type=date.fromisoformat, help="look at the books up to and including this day")
        parser.add_argument("--branch", help="code of one branch")

    def handle(self, *args: object, **options: object) -> None:
        findings = inspection.inspect(self.as_of(options["as_of"]), self.branch(options["branch"]))
        broken = False
        for invariant, group in groupby(findings, key=lambda finding: finding.check.invariant):
            found = list(group)
            wrong = [finding for finding in found if not finding.holds]
            broken = broken or bool(wrong)
            if not wrong:
                self.stdout.write(f"{invariant} ok {'；'.join(finding.check.title for finding in found)}")
            for finding in wrong:
                rows = " | ".join(finding.rows)
                self.stdout.write(f"{invariant} BROKEN {finding.check.title}：{finding.count} 处 — {rows}")
        if broken:
            raise CommandError("账务核验未通过，请按上列各行逐项查明", returncode=1)

    def as_of(self, day: object) -> date:
        return day if isinstance(day, date) else queries.open_day()

    def branch(self, code: object) -> int | None:
        if not code:
            return None
        try:
            return Branch.objects.get(code=code).pk
        except Branch.DoesNotExist:
            raise CommandError(f"没有代码为 {code} 的网点") from None
