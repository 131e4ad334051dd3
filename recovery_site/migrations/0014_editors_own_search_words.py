"""Editors own the words by which visitors find pages, and see those searched in vain."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

MODELS = ("searchsynonym", "searchphrase", "failedsearch")


def let_editors_own_search_words(apps, schema_editor):
    # A new site has its permissions only after all migrations.
    app_config = apps.get_app_config("recovery_site")
    app_config.models_module = True
    create_permissions(app_config, apps=apps, verbosity=0)
    app_config.models_module = None
    permissions = apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="recovery_site", content_type__model__in=MODELS
    )
    # A site may have removed or renamed the group.
    for group in apps.get_model("auth", "Group").objects.filter(name="Editors"):
        group.permissions.add(*permissions)


class Migration(migrations.Migration):
    dependencies = [
        ("recovery_site", "0013_failed_searches"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]
    operations = [migrations.RunPython(let_editors_own_search_words, migrations.RunPython.noop)]
