import pytest
from django.contrib.auth.models import User

from tests.factories import make_article, make_staff

pytestmark = pytest.mark.django_db
NONSENSE = [
    {"username__regex": "("},
    {"date_joined__year": "99999999"},
    {"password__startswith": "a"},
    {"q": "x" * 60_000},
    {"q": "x " * 3000},
    {"groups__id__exact": "9" * 30},
    {"o": "999.x"},
    {"p": "nonsense"},
]


@pytest.fixture
def as_admin(client):
    client.force_login(make_staff(is_superuser=True))
    return client


@pytest.mark.parametrize("query", NONSENSE, ids=lambda query: next(iter(query)))
@pytest.mark.parametrize("name", ["user", "group"])
def test_typed_nonsense_never_breaks_a_list(as_admin, name, query):
    assert as_admin.get(f"/admin/auth/{name}/", query).status_code in (200, 302, 400)


def test_accounts_are_filtered_by_group(as_admin):
    make_staff("Editors", username="an-editor")
    make_staff("Intake", username="an-intake")
    group = User.objects.get(username="an-editor").groups.get()
    page = as_admin.get("/admin/auth/user/", {"groups__id__exact": group.pk}).text
    assert "an-editor" in page
    assert "an-intake" not in page


def test_accounts_are_made_inactive_never_deleted(as_admin):
    leaver = make_staff("Editors")
    assert as_admin.get(f"/admin/auth/user/{leaver.pk}/delete/").status_code == 403
    assert User.objects.filter(pk=leaver.pk).exists()


def test_number_that_no_column_holds_is_a_bad_request(as_admin):
    article = make_article()
    url = f"/admin/articles/article/{article.pk}/change/"
    response = as_admin.post(url, {"title": "T", "slug": "s", "related": "9" * 30, "_save": "1"})
    assert response.status_code in (200, 400)
    assert as_admin.get(f"/admin/articles/article/{'9' * 30}/change/").status_code in (302, 400)
