"""Articles are chosen from a list of all, or by a search where there are many."""

import pytest
from django.urls import reverse

from articles.admin import choosing_articles
from tests.articles.admin.forms import log_in
from tests.factories import make_article, make_question, make_staff

pytestmark = pytest.mark.django_db


def form_of(editor, publication):
    meta = publication._meta
    path = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[publication.pk])
    return editor.get(path, follow=True).text


def test_few_articles_are_listed():
    chosen, other = make_article(title="Quiet rivers"), make_article(title="Loud seas")
    editor = log_in(make_staff("Editors", username="erin"))
    question = form_of(editor, make_question(article=chosen))
    assert f'<option value="{chosen.pk}" selected>Quiet rivers' in question
    for form in (question, form_of(editor, make_article())):
        assert f'<option value="{other.pk}">Loud seas' in form


def test_many_articles_are_searched_by_name_and_the_chosen_one_is_shown(monkeypatch):
    monkeypatch.setattr(choosing_articles, "MOST_LISTED", 2)
    chosen = make_article(title="Quiet rivers", body="<p>Rivers run into seas.</p>")
    other = make_article(title="Loud seas")
    editor = log_in(make_staff("Editors", username="erin"))
    question = make_question(article=chosen)
    assert f'<option value="{chosen.pk}" selected>Quiet rivers' in form_of(editor, question)
    for publication, field in ((make_article(), "related"), (question, "article")):
        assert "Loud seas" not in form_of(editor, publication)
        meta = publication._meta
        asked = {"app_label": meta.app_label, "model_name": meta.model_name, "field_name": field}
        found = editor.get(reverse("admin:autocomplete"), asked | {"term": "seas"}).json()
        assert found["results"] == [{"id": str(other.pk), "text": "Loud seas"}]
    monkeypatch.setattr(choosing_articles, "MOST_FOUND", 1)
    make_article(title="Seas at night")
    found = editor.get(reverse("admin:autocomplete"), asked | {"term": "seas"}).json()
    assert [each["text"] for each in found["results"]] == ["Loud seas"]
