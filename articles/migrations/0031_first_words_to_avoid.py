"""The lists that come with the site become rows that staff edit."""

from typing import Any

from django.db import migrations

from articles.wording.rows import digest_of, values_of
from articles.wording.terms import shipped


def bring_lists(apps: Any, schema_editor: Any) -> None:
    alias = schema_editor.connection.alias

    def rows(name: str) -> Any:
        return apps.get_model("articles", name).objects.using(alias)

    data = shipped()
    lists, terms, state = rows("WordList"), rows("TermToAvoid"), rows("WordingState")
    lists.bulk_create(
        lists.model(name=name, words="\n".join(words)) for name, words in data.lists.items()
    )
    terms.bulk_create(
        terms.model(shipped_as=term.key, position=position, **values_of(term))
        for position, term in enumerate(data.terms, start=1)
    )
    state.create(pk=1, digest=digest_of(data))


class Migration(migrations.Migration):
    dependencies = [("articles", "0030_words_to_avoid")]

    operations = [migrations.RunPython(bring_lists, migrations.RunPython.noop)]
