"""Editors read the words to avoid, those who lead edit them."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

MODELS = ("termtoavoid", "wordlist")
LEAD = [f"{verb}_{name}" for verb in ("add", "change", "delete", "view") for name in MODELS]


def let_some_edit(apps, schema_editor):
    # A new site has its permissions only after all migrations.
    app_config = apps.get_app_config("articles")
    app_config.models_module = True
    create_permissions(app_config, apps=apps, verbosity=0)
    app_config.models_module = None
    permissions = apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="articles", codename__in=LEAD
    )
    # A site may have removed or renamed them.
    for group in apps.get_model("auth", "Group").objects.filter(
        name__in=("Editors", "Lead editors")
    ):
        is_lead = group.name == "Lead editors"
        group.permissions.add(
            *(each for each in permissions if is_lead or each.codename.startswith("view_"))
        )


class Migration(migrations.Migration):
    dependencies = [
        ("recovery_site", "0024_editors_keep_pictures"),
        ("articles", "0031_first_words_to_avoid"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]
    operations = [migrations.RunPython(let_some_edit, migrations.RunPython.noop)]
