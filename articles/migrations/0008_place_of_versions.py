import django.db.models.deletion
from django.db import migrations, models

SLUG = {"db_index": False, "default": "", "max_length": 100, "verbose_name": "address"}
LANGUAGE = {
    "choices": [("en", "English")],
    "default": "en",
    "max_length": 8,
    "verbose_name": "language",
}


class Migration(migrations.Migration):
    dependencies = [("articles", "0007_old_addresses")]
    operations = [
        *(
            operation
            for model in ("articlerevision", "pagerevision")
            for operation in (
                migrations.AddField(
                    model, "slug", models.SlugField(**SLUG), preserve_default=False
                ),
                migrations.AddField(model, "language", models.CharField(**LANGUAGE)),
            )
        ),
        migrations.AddField(
            "articlerevision",
            "is_medical",
            models.BooleanField(default=True, verbose_name="medical content"),
        ),
        migrations.AddField(
            "articlerevision",
            "related_keys",
            models.JSONField(default=list, verbose_name="related articles"),
        ),
        migrations.AddField(
            "articlerevision",
            "topic",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="articles.topic",
            ),
        ),
        migrations.AddField(
            "pagerevision",
            "foot_order",
            models.PositiveSmallIntegerField(null=True, verbose_name="place in the foot"),
        ),
    ]
