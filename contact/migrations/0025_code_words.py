from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contact", "0024_talks")]

    operations = [
        migrations.AddField(
            model_name="callbackrequest",
            name="code_words",
            field=models.PositiveIntegerField(editable=False, null=True),
        ),
        migrations.AddConstraint(
            model_name="callbackrequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(closed_at=None, code_words__isnull=False),
                fields=("code_words",),
                name="callback_code_words",
            ),
        ),
    ]
