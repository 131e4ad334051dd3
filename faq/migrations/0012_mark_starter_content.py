"""Mark the words that came with the site."""

from django.db import migrations

MARK = (
    "UPDATE {} SET is_starter = true WHERE author_id IS NULL"
    " AND note IN ('Starter content', 'Starter content, renewed')"
)


class Migration(migrations.Migration):
    dependencies = [("faq", "0011_scheduled_take_down")]
    operations = [
        migrations.RunSQL(MARK.format("faq_questionrevision"), migrations.RunSQL.noop),
    ]
