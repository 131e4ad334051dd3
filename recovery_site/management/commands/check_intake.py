"""Tells monitoring whether intake works: status 0, or 1 with a sentence for each fault."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from contact.lifecycle.alerting.watch import present_faults


class Command(BaseCommand):
    help = (
        "Tell whether somebody may be in danger and nobody took the call, somebody is late, mail "
        "fails, or the background jobs do not run. Ends with status 1 and a sentence for each, "
        "else with 0."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        found = present_faults()
        self.stdout.write("\n".join(found) or "intake works")
        if found:
            sys.exit(1)
