"""Medical reviewers, and the editors who lead, may vouch that only spelling changed."""

from django.contrib.auth.management import create_permissions
from django.db import migrations


def let_some_vouch(apps, schema_editor):
    # A new site has its permissions only after all migrations.
    for label in ("articles", "faq"):
        app_config = apps.get_app_config(label)
        app_config.models_module = True
        create_permissions(app_config, apps=apps, verbosity=0)
        app_config.models_module = None
    permissions = apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label__in=("articles", "faq"),
        codename__in=("vouch_articlerevision", "vouch_questionrevision"),
    )
    groups = apps.get_model("auth", "Group").objects
    # An account is in it besides Editors.
    groups.get_or_create(name="Lead editors")
    # A site may have removed or renamed the other.
    for group in groups.filter(name__in=("Medical reviewers", "Lead editors")):
        group.permissions.add(*permissions)


class Migration(migrations.Migration):
    dependencies = [
        ("recovery_site", "0021_drug_names"),
        ("articles", "0024_typo_only"),
        ("faq", "0016_typo_only"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]
    operations = [migrations.RunPython(let_some_vouch, migrations.RunPython.noop)]
