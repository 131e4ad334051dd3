from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from contact.lifecycle import clock


class Command(BaseCommand):
    help = (
        "Say that this machine's clock is right after it jumped by more than a day, such as when "
        "the site was switched off: what is due is emptied again."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        clock.confirm_clock()
        now = timezone.localtime().strftime("%Y-%m-%d %H:%M:%S %Z")
        self.stdout.write(f"The time counts as right: {now}.")
