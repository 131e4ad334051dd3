"""Django's own accounts and groups, asked for what they may in one query that is quick to plan."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Group, Permission, User
from django.db.models import Q, QuerySet

OF_GROUPS = Group.permissions.through._default_manager
OF_USERS = User.user_permissions.through._default_manager


class Backend(ModelBackend):
    """Says the same as ModelBackend, which asks about the groups apart."""

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        if not user_obj.is_active or user_obj.is_anonymous or user_obj.is_superuser or obj:
            return super().get_all_permissions(user_obj, obj)
        if not hasattr(user_obj, "_perm_cache"):
            by_group = OF_GROUPS.filter(group__user=user_obj).values("permission")
            own = OF_USERS.filter(user=user_obj).values("permission")
            found = Permission.objects.filter(pk__in=by_group.union(own, all=True))
            names = found.order_by().values_list("content_type__app_label", "codename")
            user_obj._perm_cache = {f"{app}.{name}" for app, name in names}
        permissions: set[str] = user_obj._perm_cache
        return permissions

    def with_perm(
        self,
        perm: str | Permission,
        is_active: Any = True,
        include_superusers: bool = True,
        obj: Any = None,
    ) -> QuerySet[User]:
        """Raises ValueError if `perm` is no name such as `contact.change_place`."""
        if not isinstance(perm, str) or obj is not None:
            return super().with_perm(perm, is_active, include_superusers, obj)
        app, name = perm.split(".")
        its = {"permission__content_type__app_label": app, "permission__codename": name}
        may = Q(groups__in=OF_GROUPS.filter(**its).values("group"))
        may |= Q(pk__in=OF_USERS.filter(**its).values("user"))
        if include_superusers:
            may |= Q(is_superuser=True)
        found = User.objects.filter(may)
        return (found if is_active is None else found.filter(is_active=is_active)).distinct()
