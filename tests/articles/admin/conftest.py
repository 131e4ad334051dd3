import pytest
from django.contrib.auth.models import Permission

from tests.articles.admin.forms import log_in
from tests.factories import make_staff


@pytest.fixture
def editor():
    return make_staff("Editors", username="erin")


@pytest.fixture
def as_editor(editor):
    return log_in(editor)


@pytest.fixture
def writer():
    """Someone who may write but not publish."""
    user = make_staff(username="wes")
    user.user_permissions.set(
        Permission.objects.filter(
            codename__in=("add_article", "change_article", "view_article", "view_topic")
        )
    )
    return user


@pytest.fixture
def as_reviewer():
    return log_in(make_staff("Medical reviewers", username="ruth", first_name="Ruth"))
