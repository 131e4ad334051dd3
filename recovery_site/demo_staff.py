"""Staff logins for trying the site on one's own machine."""

import secrets

from django.contrib.auth.models import Group, User
from django.db import transaction

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

    Makes none, and returns none, once there is any account.
    """
    if User.objects.exists():
        return []
    logins = []
    for name, group in ROLES.items():
        password = secrets.token_urlsafe(12)
        user = User.objects.create_user(name, password=password, is_staff=True)
        user.groups.add(Group.objects.get(name=group))
        logins.append((name, password, group))
    password = secrets.token_urlsafe(12)
    User.objects.create_superuser("admin", password=password)
    return [*logins, ("admin", password, "Administrator")]
