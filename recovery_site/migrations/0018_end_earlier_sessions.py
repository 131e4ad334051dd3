from datetime import timedelta

from django.db import migrations
from django.db.models import Max, Min

DEMO = ["admin", "editor", "intake", "lead", "privacy", "reviewer"]


def end_earlier_sessions(apps, schema_editor):
    """Sessions of the earlier store can't be opened, so nothing would ever delete them."""
    apps.get_model("sessions", "Session").objects.all().delete()


def mark_demo_log_ins(apps, schema_editor):
    """Mark the log-ins that `make run` had made: all six names, made at the same moment."""
    accounts = apps.get_model("auth", "User").objects.filter(username__in=DEMO)
    joined = accounts.aggregate(first=Min("date_joined"), last=Max("date_joined"))
    if len(accounts) == len(DEMO) and joined["last"] - joined["first"] < timedelta(minutes=1):
        staff_account = apps.get_model("recovery_site", "StaffAccount")
        staff_account.objects.bulk_create(
            staff_account(account=each, is_demo=True) for each in accounts
        )


class Migration(migrations.Migration):
    dependencies = [
        ("recovery_site", "0017_staff_sessions"),
        ("sessions", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]
    operations = [
        migrations.RunPython(end_earlier_sessions, migrations.RunPython.noop, elidable=False),
        migrations.RunPython(mark_demo_log_ins, migrations.RunPython.noop, elidable=False),
    ]
