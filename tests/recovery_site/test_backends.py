import pytest
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import AnonymousUser, Permission, User

from recovery_site.backends import Backend
from tests.factories import make_staff

pytestmark = pytest.mark.django_db
WORK = "contact.change_callbackrequest"
OWN = ("contact.change_callbackrequest", "articles.change_topic")


def make_people():
    """Somebody for each way to get a permission, or to lose all."""
    makers = {
        "nobody": {},
        "group": {"groups": ["Intake"]},
        "groups": {"groups": ["Intake", "Intake leads", "Editors"]},
        "own": {"own": OWN},
        "both": {"groups": ["Editors"], "own": OWN},
        "inactive": {"groups": ["Intake leads"], "own": OWN, "is_active": False},
        "superuser": {"is_superuser": True},
        "inactive superuser": {"is_superuser": True, "is_active": False},
    }
    for name, made in makers.items():
        groups, own = made.pop("groups", []), made.pop("own", ())
        person = make_staff(*groups, username=name, **made)
        for permission in own:
            app, codename = permission.split(".")
            person.user_permissions.add(
                Permission.objects.get(content_type__app_label=app, codename=codename)
            )
    return list(makers)


def test_people_may_what_django_says():
    for name in make_people():
        # Each backend keeps what it found with the account.
        expected = ModelBackend().get_all_permissions(User.objects.get(username=name))
        assert Backend().get_all_permissions(User.objects.get(username=name)) == expected, name
    assert Backend().get_all_permissions(AnonymousUser()) == set()


def test_nobody_may_anything_with_one_object_alone():
    person = make_staff("Intake leads")
    assert Backend().get_all_permissions(person, obj=person) == set()


@pytest.mark.parametrize("asked", [WORK, "contact.lead_callbackrequest", "articles.change_topic"])
@pytest.mark.parametrize("is_active", [True, False, None])
@pytest.mark.parametrize("include_superusers", [True, False])
def test_those_who_may_are_those_django_finds(asked, is_active, include_superusers):
    make_people()
    how = {"is_active": is_active, "include_superusers": include_superusers}
    expected = ModelBackend().with_perm(asked, **how)
    found = Backend().with_perm(asked, **how)
    assert sorted(found.values_list("username")) == sorted(expected.values_list("username"))
    app, codename = asked.split(".")
    permission = Permission.objects.get(content_type__app_label=app, codename=codename)
    assert set(Backend().with_perm(permission, **how)) == set(expected)


def test_one_query_tells_what_a_person_may(django_assert_num_queries):
    person = make_staff("Intake")
    with django_assert_num_queries(1):
        assert person.has_perm(WORK)
        assert not person.has_perm("contact.lead_callbackrequest")
