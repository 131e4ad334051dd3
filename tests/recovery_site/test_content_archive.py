"""All content goes out as one file and comes into an empty site as it was."""

import json
import re
import zipfile
from base64 import b64encode
from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from articles.models import Link, OldAddress, Picture, StockRow
from articles.pictures.making import make_picture
from recovery_site import content_archive
from recovery_site.content_archive import MODELS_LEFT_OUT, archived_models
from recovery_site.models import SearchPhrase
from tests.articles.pictures.files import picture_bytes, small_png
from tests.factories import (
    figure_of,
    make_article,
    make_fact,
    make_page,
    make_question,
    make_staff,
    make_topic,
    sign_off,
)

pytestmark = pytest.mark.django_db
BODY = '<h2>First</h2><p>See <a href="/faq/cost/">the cost</a>.</p><ul><li>One</li></ul>'


def make_content():
    topic, author = make_topic(slug="help"), make_staff("Editors")
    other = make_article(slug="other", topic=topic)
    article = make_article(slug="withdrawal", topic=topic, title="Withdrawal", body=BODY)
    sign_off(article.live, make_staff("Medical reviewers"), "Ada Example, MD")
    words = {"summary": "s", "body": "<p>b</p>", "sources": [], "byline": ""}
    draft = article.save_revision(by=author, place={"related_keys": [other.pk]}, **words, title="D")
    article.schedule(timezone.now() + timedelta(days=3), draft)
    question = make_question(slug="cost", topic=topic, article=article)
    sign_off(question.live, make_staff("Medical reviewers"), "Ada Example, MD")
    picture, _is_new = Picture.objects.keep(make_picture(small_png()), "a.png", author)
    make_page(slug="insurance", body=figure_of(picture))
    make_fact()
    OldAddress.objects.record("/articles/gone/", "/articles/withdrawal/")
    SearchPhrase.objects.create(path="/faq/cost/", phrases="how much", language="en")


def rows():
    """Every column of every archived table, but for accounts."""
    return {
        model._meta.label_lower: sorted(
            [
                (row.pk, *(row.serializable_value(name) for name in columns(model)))
                for row in model._base_manager.all()
            ],
            key=lambda row: row[0],
        )
        for model in archived_models()
    }


def columns(model):
    return [
        field.name
        for field in model._meta.concrete_fields
        if not (field.is_relation and field.related_model._meta.app_label == "auth")
    ]


def links():
    return sorted(Link.objects.values_list("kind", "publication", "revision", "href"))


def remove_all():
    with transaction.atomic():
        for model in archived_models():
            for field in model._meta.many_to_many:
                _empty(field.remote_field.through)
            _empty(model)
        _empty(StockRow.words.through)
        for label in MODELS_LEFT_OUT - {
            "recovery_site.contentversion",
            "recovery_site.staffaccount",
        }:
            _empty(apps.get_model(label))


def _empty(model):
    queryset = model._base_manager.all()
    queryset._raw_delete(queryset.db)


@pytest.fixture
def archive(tmp_path):
    make_content()
    path = tmp_path / "content.zip"
    call_command("export_content", path)
    return path


def test_empty_site_gets_the_same_words_versions_reviews_links_and_pages(archive, client):
    before, linked = rows(), links()
    page = client.get("/articles/withdrawal/").text
    found = client.get("/search/", {"q": "withdrawal"}).text
    remove_all()
    assert client.get("/articles/withdrawal/").status_code == 404
    call_command("import_content", archive)
    assert rows() == before
    assert links() == linked
    assert client.get("/articles/withdrawal/").text == page
    assert client.get("/search/", {"q": "withdrawal"}).text == found
    assert client.get("/articles/gone/").status_code == 301
    picture = Picture.objects.get()
    assert client.get(picture.address.path).content == bytes(picture.files.get().content)
    # The keys of new rows come after those that were imported.
    assert make_article(slug="new").pk > max(row[0] for row in before["articles.article"])


def test_archive_names_no_account(archive):
    with zipfile.ZipFile(archive) as file:
        words = b"".join(file.read(name) for name in file.namelist()).decode()
    accounts = User.objects.values_list("username", flat=True)
    assert accounts
    assert not [name for name in accounts if name in words]
    assert '"author"' not in words
    assert "Ada Example, MD" in words


def test_every_table_of_content_is_in_the_archive_or_left_out_with_a_reason():
    found = [
        model
        for app in content_archive.CONTENT_APPS
        for model in apps.get_app_config(app).get_models()
    ]
    for model in archived_models():
        required = [
            field.name
            for field in model._meta.concrete_fields
            if field.is_relation
            and field.related_model._meta.app_label == "auth"
            and not field.null
        ]
        assert required == [], f"{model} belongs to an account: name it in LEFT_OUT"
    assert {model._meta.label_lower for model in found} >= MODELS_LEFT_OUT


def test_site_with_content_is_left_as_it_is(archive):
    before = rows()
    with pytest.raises(CommandError, match="not empty"):
        call_command("import_content", archive)
    assert rows() == before


def changed(archive, tmp_path, name, change):
    """A copy of the archive in which the lines of one table were changed, with its hash."""
    path = tmp_path / "changed.zip"
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(path, "w") as new:
        for each in old.namelist():
            data = old.read(each).decode()
            new.writestr(each, change(data) if each.startswith(name) else data)
    return path


def test_changed_archive_is_refused_and_nothing_imported(archive, tmp_path):
    remove_all()
    path = changed(
        archive, tmp_path, "articles.articlerevision", lambda text: text.replace("First", "Worst")
    )
    with pytest.raises(CommandError, match="not as it was exported"):
        call_command("import_content", path)
    assert not any(rows().values())


def with_hash(archive, tmp_path, change, name="articles.articlerevision"):
    path = changed(archive, tmp_path, f"{name}.", change)
    with zipfile.ZipFile(path) as file:
        data = {each: file.read(each) for each in file.namelist()}
    manifest = json.loads(data["manifest.json"])
    manifest["tables"][name]["sha256"] = content_archive.hashlib.sha256(
        data[f"{name}.jsonl"]
    ).hexdigest()
    data["manifest.json"] = json.dumps(manifest).encode()
    with zipfile.ZipFile(path, "w") as file:
        for each, content in data.items():
            file.writestr(each, content)
    return path


def test_scripts_in_an_archive_reach_no_page(archive, tmp_path, client):
    remove_all()
    path = with_hash(
        archive, tmp_path, lambda text: text.replace("<h2>First", "<script>x()</script><h2>First")
    )
    call_command("import_content", path)
    assert "x()" not in client.get("/articles/withdrawal/").text


@pytest.mark.parametrize("other", [(40, 20), (8, 8)])
def test_archive_brings_no_other_bytes_for_a_picture(archive, tmp_path, other):
    remove_all()
    made = make_picture(picture_bytes(other, "PNG", colour="navy"))
    wrong = b64encode(made.files[made.address]).decode()
    script = b64encode(b"<svg onload='x()'/>").decode()
    for content in (wrong, script):
        path = with_hash(
            archive,
            tmp_path,
            lambda text, content=content: re.sub(r'("content": )"[^"]+"', rf'\1"{content}"', text),
            "articles.picturefile",
        )
        with pytest.raises(CommandError, match="A file of a picture"):
            call_command("import_content", path)
        assert not any(rows().values())
        path.unlink()


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace('"number": 1', '"number": "one"'),
        lambda text: text.replace('"publication": ', '"publication": 99'),
        lambda text: text.replace('"note"', '"no such field"'),
        lambda text: text + "no JSON\n",
    ],
)
def test_rows_that_do_not_fit_import_nothing(archive, tmp_path, change):
    remove_all()
    with pytest.raises(CommandError, match="Nothing was imported"):
        call_command("import_content", with_hash(archive, tmp_path, change))
    assert not any(rows().values())


def test_other_files_are_told_apart(archive, tmp_path):
    remove_all()
    text = tmp_path / "words.zip"
    text.write_text("no archive")
    other = tmp_path / "other.zip"
    with zipfile.ZipFile(other, "w") as file:
        file.writestr("manifest.json", "no JSON")
    for path in (text, tmp_path / "none.zip", other):
        with pytest.raises(CommandError, match="is no archive of content"):
            call_command("import_content", path)
    with pytest.raises(CommandError, match="there already"):
        call_command("export_content", text)
