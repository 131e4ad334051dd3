"""Staff logins for trying the site on one's own machine."""

import secrets

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.db import transaction

from recovery_site.sign_in.models import StaffAccount

ROLES = {
    "editor": "Editors",
    "reviewer": "Medical reviewers",
    "intake": "Intake",
    "lead": "Intake leads",
    "privacy": "Privacy officers",
}


@transaction.atomic
def create_demo_staff() -> list[tuple[str, str, str]]:
    """One login per group and one administrator as (name, password, role).

    Makes none, and returns none, once there is any account, nor on a public site: there these
    passwords would open every request.
    """
    if User.objects.exists() or not settings.SITE_IS_LOCAL:
        return []
    logins = []
    for name, group in ROLES.items():
        password = secrets.token_urlsafe(12)
        user = User.objects.create_user(name, password=password, is_staff=True)
        user.groups.add(Group.objects.get(name=group))
        logins.append((name, password, group))
    password = secrets.token_urlsafe(12)
    User.objects.create_superuser("admin", password=password)
    StaffAccount.objects.bulk_create(
        StaffAccount(account=user, is_demo=True) for user in User.objects.all()
    )
    return [*logins, ("admin", password, "Administrator")]
