"""Until now a question had one place, whatever its version: so each version takes that one."""

from django.db import migrations

FILL = """
    UPDATE faq_questionrevision SET
        slug = (SELECT slug FROM faq_question q WHERE q.id = publication_id),
        language = (SELECT language FROM faq_question q WHERE q.id = publication_id),
        topic_id = (SELECT topic_id FROM faq_question q WHERE q.id = publication_id),
        article_id = (SELECT article_id FROM faq_question q WHERE q.id = publication_id)
"""


class Migration(migrations.Migration):
    dependencies = [("faq", "0004_place_of_versions")]
    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
