from django.db import migrations

# The starter texts name them so, whatever the record has become.
BY_SLUG = {"911": ("911", "911", ""), "988": ("988", "988", "Text 988")}


def fill(apps, schema_editor):
    lines = apps.get_model("contact", "Helpline").objects.using(schema_editor.connection.alias)
    for line in lines.filter(first_dial=""):
        now = (line.dial, line.phone or line.dial, line.text)
        line.first_dial, line.first_phone, line.first_text = BY_SLUG.get(line.slug, now)
        line.save()


class Migration(migrations.Migration):
    dependencies = [("contact", "0053_first_numbers")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
