import pytest
from django.contrib.auth.models import Permission

from contact.intake.permissions import LEAD_INTAKE, VIEW_REQUESTS, WORK_REQUESTS
from tests.factories import make_staff

pytestmark = pytest.mark.django_db


def fresh(account):
    """The account as the next request reads it."""
    return type(account).objects.get(pk=account.pk)


def test_permissions_of_account_and_groups_are_read_by_one_query(django_assert_num_queries):
    maria, joe = make_staff("Intake"), make_staff()
    joe.user_permissions.add(Permission.objects.get(codename="lead_callbackrequest"))
    for account, held in ((maria, {VIEW_REQUESTS, WORK_REQUESTS}), (joe, {LEAD_INTAKE})):
        account = fresh(account)
        with django_assert_num_queries(1):
            found = {
                each
                for each in (VIEW_REQUESTS, WORK_REQUESTS, LEAD_INTAKE)
                if account.has_perm(each)
            }
        assert found == held
        own, of_groups = account.get_user_permissions(), account.get_group_permissions()
        assert account.get_all_permissions() == own | of_groups


def test_whoever_may_not_log_in_may_do_nothing():
    maria = fresh(make_staff("Intake"))
    maria.is_active = False
    assert not maria.has_perm(VIEW_REQUESTS)
    assert maria.get_all_permissions() == set()
