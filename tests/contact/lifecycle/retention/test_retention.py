"""How long requests are kept: closed ones by their kind, open ones until somebody looks."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from contact.lifecycle.retention import retention
from contact.models import CallbackRequest, Desk, RetentionRule
from contact.records.outcomes import RequestOutcome
from tests.contact.cards import fresh
from tests.factories import make_request

pytestmark = pytest.mark.django_db


def closed(outcome, days):
    return make_request(outcome=outcome, closed_at=timezone.now() - timedelta(days=days))


@pytest.mark.parametrize("outcome", [each for each in RequestOutcome if each != "referred"])
def test_every_kind_is_kept_for_the_days_of_the_settings_without_a_rule(settings, outcome):
    young, old = (closed(outcome, settings.RETENTION_DAYS + more) for more in (-1, 1))
    assert retention.purge_due() == 1
    assert (fresh(young).is_purged, fresh(old).is_purged) == (False, True)


def test_a_kind_with_a_rule_is_kept_for_its_own_days(settings, capsys):
    RetentionRule.objects.create(outcome="spam", days=7)
    RetentionRule.objects.create(outcome="came_in", days=settings.RETENTION_DAYS + 100)
    gone = [closed("spam", 8), closed("answered", settings.RETENTION_DAYS + 1)]
    kept = [closed("spam", 6), closed("came_in", settings.RETENTION_DAYS + 1), closed("stop", 8)]
    call_command("purge_requests", "--dry-run")
    assert "Would empty: 2 (closed longer" in capsys.readouterr().out
    assert retention.purge_due() == 2
    assert all(fresh(each).is_purged for each in gone)
    assert not any(fresh(each).is_purged for each in kept)


def test_open_requests_are_never_emptied_however_old():
    asked = make_request(created_at=timezone.now() - timedelta(days=5000))
    assert retention.purge_due() == 0
    assert list(CallbackRequest.objects.to_review()) == [asked]


def test_the_desk_says_after_how_many_days_an_open_request_is_looked_at():
    Desk.current()
    Desk.objects.update(review_days=10)
    old = make_request(created_at=timezone.now() - timedelta(days=11))
    make_request(created_at=timezone.now() - timedelta(days=9), phone="+16025550199")
    assert list(CallbackRequest.objects.to_review()) == [old]
