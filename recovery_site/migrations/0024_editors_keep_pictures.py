"""Editors add pictures to texts, and delete those that no text shows."""

from django.contrib.auth.management import create_permissions
from django.db import migrations


def let_editors_keep_pictures(apps, schema_editor):
    # A new site has its permissions only after all migrations.
    app_config = apps.get_app_config("articles")
    app_config.models_module = True
    create_permissions(app_config, apps=apps, verbosity=0)
    app_config.models_module = None
    permissions = apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="articles", content_type__model="picture"
    )
    # A site may have removed or renamed the group.
    for group in apps.get_model("auth", "Group").objects.filter(name="Editors"):
        group.permissions.add(*permissions)


class Migration(migrations.Migration):
    dependencies = [
        ("recovery_site", "0023_question_merges"),
        ("articles", "0029_pictures"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]
    operations = [migrations.RunPython(let_editors_keep_pictures, migrations.RunPython.noop)]
