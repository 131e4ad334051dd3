from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from recovery_site.sign_in.passwords import emergency


class Command(BaseCommand):
    help = (
        "Print a code that lets USER in once, without password and second factor, within 30 "
        "minutes at /admin/login/emergency/. They then choose a password and add a factor. The "
        "code and its use are in the audit trail."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", metavar="USER")

    def handle(self, *args: Any, user: str, **options: Any) -> None:
        account = User.objects.filter(username=user, is_active=True, is_staff=True).first()
        if account is None:
            raise CommandError(f"There is no active staff account {user!r}.")
        self.stdout.write(emergency.make_code(account))
