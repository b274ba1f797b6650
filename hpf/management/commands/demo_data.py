"""demo_data: a fund that has worked for two years, made by the real actions."""

import gc
import json
from argparse import ArgumentParser
from datetime import date, timedelta
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from access.states import Post
from accounts.actions import mandates
from accounts.models import Employer, MemberAccount
from accounts.states import MemberAccountStatus, SealReason
from hpf.management.demo.progress import Progress
from hpf.management.demo.story import SMALLEST, Size, Story
from ledger.models import BusinessDay

HOMEOWNERS = 3


class Command(BaseCommand):
    help = "Make synthetic, deterministic demonstration data 示例数据 in an empty database."
    requires_system_checks: tuple[str, ...] = ()  # `migrate` made the tables a moment ago, and looked at everything

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--employers", type=int, default=60)
        parser.add_argument("--members", type=int, default=3000)
        parser.add_argument("--months", type=int, default=24)
        parser.add_argument("--loans", type=int, default=0, help="accepted; loans are not built yet")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--until", type=date.fromisoformat, help="the last closed day; left out, yesterday")

    def handle(self, *args: object, **options: object) -> None:
        size = self.size(options)
        if Employer.objects.exists() or BusinessDay.objects.exists():
            raise CommandError("数据库中已有业务数据，不能装入示例数据；请使用空数据库")
        if options["loans"]:
            self.stdout.write("贷款功能尚未建成，--loans 不生成数据")
        with connection.cursor() as cursor:
            # What a crash would lose is made again: the loader marks a half-made demonstration and starts over.
            cursor.execute("set synchronous_commit = off")
        # What is loaded by now stays to the end: the collector need not look at it again and again.
        gc.freeze()
        gc.set_threshold(50_000, 50, 50)
        story, progress = Story(size), Progress(size, self.stdout.write, timezone.localtime)
        story.begin(progress.opened)
        for day in story.tell():
            progress.closed(day, story.lists)
        self.sign_ins(story)
        self.simulator_keys(story)
        self.shared_data(story)
        self.stdout.write(f"示例数据已装入，已结账至 {size.until}")

    def size(self, options: dict[str, object]) -> Size:
        names = ("employers", "members", "months", "seed")
        numbers = {name: value for name in names if isinstance(value := options[name], int)}
        until = options["until"]
        yesterday = timezone.localdate() - timedelta(days=1)
        size = Size(**numbers, until=until if isinstance(until, date) else yesterday)
        if size.employers < 1 or size.months < 1 or size.members < SMALLEST * size.employers:
            raise CommandError(f"至少 1 个单位、1 个月，且平均每个单位不少于 {SMALLEST} 人")
        if size.until > yesterday and not settings.DEMO:
            raise CommandError(f"--until 不能晚于 {yesterday}")
        return size

    def sign_ins(self, story: Story) -> None:
        """One sign-in for each role, with passwords of this copy alone 示例登录."""
        on, desks, first = story.size.until, story.desks, story.payers[0].employer
        employer = Employer.objects.get(pk=first.pk)
        handler = desks.admit("handler", employer.contact_name, Post.HANDLER, None, on=on, of=employer.name)
        mandates.appoint(employer, handler, by=story.by, on=on)
        desks.saver(employer, on=on)
        self.keep("sign-ins.txt", "\n".join(desks.sign_ins) + "\n")

    def simulator_keys(self, story: Story) -> None:
        """What the bank simulator signs with 银行模拟器密钥."""
        self.keep("simulator.json", json.dumps(story.keys, indent=2))

    def shared_data(self, story: Story) -> None:
        """What the platform for shared data knows 共享数据: who has retired, and a few who own a home."""
        first = MemberAccount.objects.filter(employer=story.payers[0].employer.pk).order_by("number")
        retired = MemberAccount.objects.filter(status=MemberAccountStatus.SEALED, seal_reason=SealReason.RETIRED)
        known: dict[str, object] = {
            account.member.id_number: {"homes": 1} for account in first.select_related("member")[1 : 1 + HOMEOWNERS]
        }
        for account in retired.select_related("member").order_by("number"):
            known[account.member.id_number] = {"retired_on": str(account.sealed_on)}
        self.keep("simulator/shared-data.json", json.dumps(known, indent=2))

    def keep(self, name: str, text: str) -> None:
        """A file that only this user may read."""
        path = Path(settings.DATA_DIR) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(text, encoding="utf-8")
