import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("articles", "0008_place_of_versions"), ("faq", "0003_address_help")]
    operations = [
        migrations.AddField(
            "questionrevision",
            "slug",
            models.SlugField(db_index=False, default="", max_length=100, verbose_name="address"),
            preserve_default=False,
        ),
        migrations.AddField(
            "questionrevision",
            "language",
            models.CharField(
                choices=[("en", "English")],
                default="en",
                max_length=8,
                verbose_name="language",
            ),
        ),
        migrations.AddField(
            "questionrevision",
            "topic",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="articles.topic",
            ),
        ),
        migrations.AddField(
            "questionrevision",
            "article",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="articles.article",
                verbose_name="article that says more",
            ),
        ),
    ]
