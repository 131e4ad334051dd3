"""Nobody in danger counts as reached by a call in which they could not be understood."""

from __future__ import annotations

from typing import Any

from django.db import migrations

DANGER = 0
# The outcome of a call after which somebody else is needed, and those of talks.
MISMATCH, TALKS = "mismatch", ("reached", "call_later", "emergency", "stop")


def put_right(apps: Any, schema_editor: Any) -> None:
    alias = schema_editor.connection.alias
    requests = apps.get_model("contact", "CallbackRequest").objects.using(alias)
    attempts = apps.get_model("contact", "CallAttempt").objects.using(alias)
    steps = apps.get_model("contact", "Step").objects.using(alias)
    reached = requests.filter(priority=DANGER, closed_at=None, reached_at__isnull=False)
    for request in reached.only("pk", "person", "reached_at"):
        calls = attempts.filter(request__person=request.person, undone_at=None)
        if not calls.filter(outcome=MISMATCH, at=request.reached_at).exists():
            continue
        talks = calls.filter(outcome__in=TALKS, at__lte=request.reached_at)
        last = talks.order_by("-at").values_list("at", flat=True).first()
        put_steps_right(steps.filter(request__person=request.person), request, last)
        requests.filter(pk=request.pk).update(reached_at=last)


def put_steps_right(steps: Any, request: Any, last: Any) -> None:
    """Let an undo find the request as the step left it, and put nothing wrong back."""
    wrong, right = request.reached_at.isoformat(), last.isoformat() if last else None
    for step in steps.filter(undone_at=None):
        changes = step.changes.get(str(request.pk), {})
        if wrong not in changes.get("reached_at", ()):
            continue
        before, after = (right if time == wrong else time for time in changes.pop("reached_at"))
        if before != after:
            changes["reached_at"] = [before, after]
        step.save(update_fields=["changes"])


class Migration(migrations.Migration):
    dependencies = [("contact", "0048_numbers_that_may_not_exist")]

    operations = [migrations.RunPython(put_right, migrations.RunPython.noop)]
