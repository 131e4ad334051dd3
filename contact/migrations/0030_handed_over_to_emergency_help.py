from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contact", "0029_corrections_by_visitors"),
    ]

    operations = [
        migrations.AlterField(
            model_name="callattempt",
            name="outcome",
            field=models.CharField(
                choices=[
                    ("reached", "Reached them"),
                    ("no_answer", "No answer"),
                    ("voicemail", "Left the voicemail they allowed"),
                    ("someone_else", "Someone else answered"),
                    ("call_later", "Asked to be called at …"),
                    ("wrong_number", "Wrong number"),
                    ("mismatch", "Needs someone else: language or other needs"),
                    ("emergency", "Handed over to emergency help"),
                    ("stop", "Asked us to stop calling"),
                ],
                max_length=20,
                verbose_name="what happened",
            ),
        ),
        migrations.AlterField(
            model_name="callbackrequest",
            name="outcome",
            field=models.CharField(
                blank=True,
                choices=[
                    ("came_in", "Came in"),
                    ("referred", "Referred to another place"),
                    ("answered", "Questions answered, nothing more wanted"),
                    ("not_now", "Not now"),
                    ("emergency", "Handed over to emergency help"),
                    ("unreachable", "Could not be reached"),
                    ("wrong_number", "Wrong number"),
                    ("stop", "Asked us to stop calling"),
                    ("line_stop", "The line is not called any more"),
                    ("cancelled", "Cancelled by themselves"),
                    ("duplicate", "Handled in another request"),
                    ("spam", "Spam"),
                ],
                max_length=20,
                verbose_name="outcome",
            ),
        ),
        migrations.AlterField(
            model_name="retrystep",
            name="outcome",
            field=models.CharField(
                choices=[
                    ("reached", "Reached them"),
                    ("no_answer", "No answer"),
                    ("voicemail", "Left the voicemail they allowed"),
                    ("someone_else", "Someone else answered"),
                    ("call_later", "Asked to be called at …"),
                    ("wrong_number", "Wrong number"),
                    ("mismatch", "Needs someone else: language or other needs"),
                    ("emergency", "Handed over to emergency help"),
                    ("stop", "Asked us to stop calling"),
                ],
                max_length=20,
                verbose_name="after",
            ),
        ),
    ]
