"""Staff accounts: who belongs to which group, who was there last."""

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.http import HttpRequest

from articles.admin.changelists import StrictModelAdmin


class AccountAdmin(StrictModelAdmin, UserAdmin):
    list_display = ("username", "first_name", "last_name", "is_active", "last_login")
    list_filter = ("is_active", "is_superuser", "groups")

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """People who leave are made inactive: what they wrote and did keeps its name."""
        return False


class StaffGroupAdmin(StrictModelAdmin, GroupAdmin):
    pass


for model, model_admin in ((User, AccountAdmin), (Group, StaffGroupAdmin)):
    admin.site.unregister(model)
    admin.site.register(model, model_admin)
