"""connect_platform: let a platform for government services apply for members over the API."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from access.actions import api_clients
from access.queries import night_user
from hpf.errors import Refusal
from ledger.queries import open_day


class Command(BaseCommand):
    help = "Connect a platform 接入政务服务平台 and print its key once; again, print another key beside the old one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", help="the name under which it acts, in letters, digits and hyphens")
        parser.add_argument("name", help="what people call it")

    def handle(self, *args: object, **options: object) -> None:
        try:
            key_id, secret = api_clients.connect_platform(
                str(options["username"]), str(options["name"]), by=night_user(), on=open_day()
            )
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from refusal
        self.stdout.write(f"密钥编号：{key_id}")
        self.stdout.write(f"密钥（只显示这一次）：{secret}")
