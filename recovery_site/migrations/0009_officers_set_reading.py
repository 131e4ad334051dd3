"""Privacy officers set from how many on reading is listed as unusual."""

from django.contrib.auth.management import create_permissions
from django.db import migrations


def let_officers_set_reading(apps, schema_editor):
    # A new site has its permissions only after all migrations.
    app_config = apps.get_app_config("contact")
    app_config.models_module = True
    create_permissions(app_config, apps=apps, verbosity=0)
    app_config.models_module = None
    permissions = apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="contact", content_type__model="readingrule"
    )
    # A site may have removed or renamed the group.
    for group in apps.get_model("auth", "Group").objects.filter(name="Privacy officers"):
        group.permissions.add(*permissions)


class Migration(migrations.Migration):
    dependencies = [
        ("recovery_site", "0008_officers_set_times"),
        ("contact", "0038_unusual_reading"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]
    operations = [migrations.RunPython(let_officers_set_reading, migrations.RunPython.noop)]
