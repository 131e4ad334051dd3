"""The first retry rules and danger phrases; staff can edit both."""

from typing import Any

from django.db import migrations

# Outcome of the call: for try 1, 2, 3 … either minutes, or days and a part of the day.
STEPS: dict[str, list[int | tuple[int, str]]] = {
    "no_answer": [120, (1, "morning"), (3, "evening")],
    "voicemail": [(1, "afternoon"), (2, "morning"), (3, "evening")],
    "someone_else": [240, (1, "evening"), (3, "morning")],
    "mismatch": [60] * 6,
    "reached": [(1, "")] * 12,
}
# Urgent requests are called again within the hour.
URGENT: dict[str, list[int | tuple[int, str]]] = {
    "no_answer": [15, 30, 60, 120],
    "voicemail": [30, 60, 120, 120],
    "someone_else": [30, 60, 120, 120],
}
PHRASES = {
    "en": [
        "suicide", "suicidal", "kill myself", "killing myself", "end my life", "end it all",
        "take my own life", "want to die", "wish i was dead", "dont want to live",
        "do not want to live", "no reason to live", "better off dead", "hurt myself",
        "harm myself", "cut myself", "overdose", "overdosed", "overdosing", "not breathing",
        "cant breathe", "wont wake up", "not waking up", "cant wake him", "cant wake her",
        "cant wake them", "unconscious", "turning blue", "blue lips", "gun", "seizure",
        "going to kill me", "afraid for my life", "beats me", "hits me",
    ],
    "es": [
        "suicidio", "suicidarme", "matarme", "quitarme la vida", "quiero morir",
        "no quiero vivir", "sobredosis", "no respira", "no puede respirar", "no despierta",
        "inconsciente", "labios azules", "hacerme daño", "pistola", "convulsiones", "me pega",
        "me va a matar",
    ],
}  # fmt: skip


def add_rules(apps: Any, schema_editor: Any) -> None:
    RetryStep = apps.get_model("contact", "RetryStep")
    for rules, is_urgent in ((STEPS, False), (URGENT, True)):
        for outcome, steps in rules.items():
            for tries, step in enumerate(steps, 1):
                wait = {"minutes": step} if isinstance(step, int) else {"days": step[0]}
                part = "" if isinstance(step, int) else step[1]
                RetryStep.objects.create(
                    outcome=outcome, tries=tries, is_urgent=is_urgent, part_of_day=part, **wait
                )
    DangerPhrase = apps.get_model("contact", "DangerPhrase")
    for language, phrases in PHRASES.items():
        for words in phrases:
            DangerPhrase.objects.create(words=words, language=language)


class Migration(migrations.Migration):
    dependencies = [("contact", "0002_audit_guards")]
    operations = [migrations.RunPython(add_rules, migrations.RunPython.noop)]
