"""The recipes of CONTRIBUTING.md: whoever forgets a step is told the file of that step."""

import re
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, get_resolver, reverse

import articles.views
import contact.visitor.views
import faq.views
from articles.admin.comparison.changes import Comparison
from articles.admin.publication_form import PublicationForm
from articles.models import ArticleRevision
from articles.publishing.revision import Revision
from recovery_site import views as site_views
from recovery_site.page_cache.pages import is_public, uncacheable_reason
from recovery_site.page_cache.release import SHOWN_SETTINGS
from recovery_site.site_map.public_paths import public_paths
from tests.factories import (
    figure_of,
    make_article,
    make_fact,
    make_helpline,
    make_page,
    make_picture,
    make_question,
    make_staff,
)

ROOT = Path(__file__).resolve().parent.parent
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("migrations_are_written")]


@pytest.fixture(autouse=True)
def fields_are_declared():
    declared = {field.name for field in Revision._meta.get_fields()}
    if missing := {*Revision.CONTENT_FIELDS} - declared:
        reason = f"CONTENT_FIELDS names {missing}, but there is no such field"
        pytest.fail(f"articles/publishing/revision.py: {reason}", pytrace=False)


def addresses():
    """Addresses of all public pages."""
    try:
        return public_paths()
    except NoReverseMatch as error:
        pytest.fail(f"urls.py of its app, or recovery_site/urls.py: {error}", pytrace=False)


# A field on an article's page.


def filled(name):
    """Content in which the field `name` alone is marked, and the mark."""
    mark = f"onlyin{name}"
    field = Revision._meta.get_field(name) if name != "body" else None
    values = {"sources": [{"title": mark, "url": "https://example.org/"}], "body": f"<p>{mark}</p>"}
    if name not in values and field.get_internal_type() not in ("CharField", "TextField"):
        pytest.fail(f"tests/test_recipes.py: say in `filled` what {name} holds")
    return {"title": "Plain words", name: values.get(name, mark)}, mark


def is_written(client, publication, name):
    """Whether editors find the field in the admin of this kind of publication."""
    client.force_login(make_staff("Editors"))
    model = publication._meta
    change = reverse(f"admin:{model.app_label}_{model.model_name}_change", args=[publication.pk])
    return f'name="{name}"' in client.get(change).text


@pytest.mark.parametrize("name", Revision.CONTENT_FIELDS)
class TestContentField:
    def test_is_written_in_the_admin(self, client, name):
        assert name in PublicationForm.declared_fields, "articles/admin/publication_form.py"
        assert is_written(client, make_article(), name), (
            "articles/admin/publication_admin.py: word_fields"
        )

    def test_is_compared(self, name):
        values, mark = filled(name)
        article = make_article()
        old = article.save_revision(title="Plain words")
        new = article.save_revision(**values)
        changed = [row for row in Comparison(old, new).rows if row.is_changed]
        assert mark in str(changed), "articles/admin/comparison/field_lines.py"

    def test_is_restored(self, name):
        values, mark = filled(name)
        article = make_article()
        old = article.save_revision(**values)
        article.save_revision(title="Other words")
        assert mark in str(getattr(article.restore(old), name)), (
            "articles/publishing/publication.py: restore"
        )

    def test_is_shown_to_visitors(self, client, name):
        values, mark = filled(name)
        article = make_article()
        article.publish(article.save_revision(**values))
        with CaptureQueriesContext(connection) as queries:
            page = client.get(article.get_absolute_url()).text
        assert mark in page, "templates/articles/article_detail.html"
        # The article with its revision, related articles, questions.
        assert len(queries) == 3, "articles/reading/article_page.py: REVISION_COLUMNS"

    @pytest.mark.parametrize(
        ("make", "template"),
        [(make_question, "faq/question_detail"), (make_page, "articles/page_detail")],
    )
    def test_is_shown_wherever_it_is_written(self, client, name, make, template):
        values, mark = filled(name)
        publication = make()
        publication.publish(publication.save_revision(**values))
        page = client.get(publication.get_absolute_url()).text
        if is_written(client, publication, name):
            assert mark in page, f"templates/{template}.html, or no word_fields of its admin"


# Of the revision itself, or derived from its content.
NO_CONTENT = {"id", "number", "note", "author", "created_at", "publication"}
NO_CONTENT |= {"is_starter", "rendered", "contents", "plain_text", "word_count", "words_digest"}


def test_every_field_of_a_revision_is_content_or_is_known_not_to_be():
    fields = {field.name for field in ArticleRevision._meta.get_fields() if field.concrete}
    place = {name.removesuffix("_id") for name in ArticleRevision.PLACE_FIELDS}
    unknown = fields - {*Revision.CONTENT_FIELDS} - place - NO_CONTENT
    assert not unknown, f"articles/publishing/revision.py: {unknown} in none of the lists of fields"


# A kind of public page.

# Reached each time, by whoever it concerns; everything below these is staff's.
NOT_CACHED = {"contact:callback", "contact:callback_thanks", "contact:my_request", "search"}
NOT_CACHED |= {"outside_review", "outside_review_page", "outside_review_picture"}
NOT_CACHED |= {"search_suggestions", "healthz", "readyz"}
NOT_CACHED |= {"helpful", "helpful_why", "helpful_thanks"}
STAFF = ("admin/", "intake/")
# Further pages of lists, made when they are asked for; without a name, an address of one file.
ON_DEMAND = re.compile(r"/(older|after)/")


def public_names(patterns, prefix="", namespace=""):
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if route.startswith(STAFF):
            continue
        if hasattr(pattern, "url_patterns"):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from public_names(pattern.url_patterns, route, inner)
        elif pattern.name and not ON_DEMAND.search(f"/{route}"):
            yield f"{namespace}{pattern.name}"
        elif not pattern.name and "." not in route:
            pytest.fail(f"/{route}: its line in urls.py has no name")


@pytest.mark.parametrize("module", [articles.views, contact.visitor.views, faq.views, site_views])
def test_every_view_has_an_address(module):
    """A view is known by its decorator."""
    decorated = {value for value in vars(module).values() if hasattr(value, "__wrapped__")}
    unreached = decorated - {*callbacks(get_resolver().url_patterns)}
    own = {view.__name__ for view in unreached if view.__module__ == module.__name__}
    forgotten = {name for name in own if not name.startswith("_")}
    assert not forgotten, f"no urls.py names {forgotten} of {module.__name__}"


def callbacks(patterns):
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            yield from callbacks(pattern.url_patterns)
        else:
            yield pattern.callback


def test_every_kind_of_public_page_is_cached_and_warmed(client):
    make_page(slug="privacy")
    make_page(slug="accessibility")
    make_page(slug="nondiscrimination")
    make_page(slug="leaving-safely")
    make_page(slug="another")
    picture = make_picture()
    make_question(topic=make_article(body=figure_of(picture)).topic)
    make_helpline()
    make_fact()
    resolver = get_resolver()
    warmed = set()
    for path in addresses():
        assert client.post(path).status_code == 405, f"{path}: @require_safe is missing"
        response = client.get(path)
        assert is_public(response), (
            f"{path}: @public is missing on its view (articles/reading/caching.py)"
        )
        reason = uncacheable_reason(response)
        assert not reason, f"{path}: the page cache does not keep what {reason}"
        warmed.add(resolver.resolve(path).view_name)
    forgotten = {*public_names(resolver.url_patterns)} - warmed - NOT_CACHED
    assert not forgotten, f"recovery_site/site_map/public_paths.py: names no {forgotten}"


# A setting.

READ = re.compile(r'\benv_\w+\(\s*"(\w+)"(?:,\s*"([^"]*)")?')


def settings_with_defaults():
    return dict(READ.findall((ROOT / "recovery_site/settings.py").read_text()))


def test_every_setting_is_explained_in_env_example():
    read = settings_with_defaults()
    text = (ROOT / ".env.example").read_text()
    # Under a line that says what it is for; a name and its number belong together.
    explained = set(re.findall(r"^#.*\n([A-Z_]+)=", text, re.MULTILINE)) | {"SITE_PHONE"}
    assert explained == {*read}, f".env.example, a comment above each: {explained ^ {*read}}"
    shown = dict(re.findall(r"^([A-Z_]+)=(.*)$", text, re.MULTILINE))
    assert shown == read, f".env.example, the defaults: {dict(shown.items() ^ read.items())}"
    isolated = [(ROOT / "tests" / name).read_text() for name in ("settings.py", "site_settings.py")]
    missing = {name for name in read if name not in "".join(isolated)}
    assert not missing, f"tests/settings.py: {missing} of the shell must not reach the tests"


def test_pages_are_made_anew_after_a_change_of_a_setting_that_they_show(client, settings):
    make_helpline()
    make_page()
    make_question(article=make_article())
    changed = {}
    for name in {*settings_with_defaults()} - {*SHOWN_SETTINGS}:
        # Whether a page shows a choice or a list can't be seen like this.
        if isinstance(value := getattr(settings, name, None), str | int):
            changed[name] = f"onlyin{name}" if isinstance(value, str) else 739_105
            setattr(settings, name, changed[name])
    pages = "".join(client.get(path).text for path in addresses())
    shown = {name for name, value in changed.items() if str(value) in pages}
    assert not shown, f"recovery_site/page_cache/release.py: SHOWN_SETTINGS lacks {shown}"
