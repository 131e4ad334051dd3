"""Danger stands before whatever is ordinary, and is followed until somebody is reached."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import migrations
from django.db.models import Exists, F, Max, OuterRef, Subquery

DANGER = 0
# Outcomes of calls in which staff spoke with the visitor.
SPOKE = ("reached", "call_later", "mismatch", "stop")
BEFORE_ALL = timedelta(days=20 * 365)


def fill(apps: Any, schema_editor: Any) -> None:
    alias = schema_editor.connection.alias
    requests = apps.get_model("contact", "CallbackRequest").objects.using(alias)
    attempts = apps.get_model("contact", "CallAttempt").objects.using(alias)
    requests.filter(priority=DANGER).update(danger_at=F("created_at"))
    requests.filter(priority=DANGER, closed_at=None).update(turn_at=F("call_by") - BEFORE_ALL)
    talks = attempts.filter(request=OuterRef("pk"), outcome__in=SPOKE, undone_at=None).order_by()
    last = talks.values("request").annotate(last=Max("at")).values("last")
    requests.filter(Exists(talks)).update(reached_at=Subquery(last))


class Migration(migrations.Migration):
    dependencies = [("contact", "0022_since_when_danger")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
