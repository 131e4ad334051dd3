"""The five staff groups and what each may do."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

WRITING = [
    *(f"articles.{verb}_{model}" for verb in ("add", "change", "delete", "view")
      for model in ("article", "topic")),
    *(f"faq.{verb}_question" for verb in ("add", "change", "delete", "view")),
    *(f"contact.{verb}_helpline" for verb in ("add", "change", "delete", "view")),
    "articles.change_page", "articles.view_page",
    "articles.publish_article", "articles.publish_page", "faq.publish_question",
]  # fmt: skip
CALLING = [
    "contact.view_callbackrequest", "contact.change_callbackrequest",
    "contact.view_callattempt", "contact.add_callattempt",
    "contact.view_note", "contact.add_note", "contact.view_helpline", "contact.view_place",
    "contact.view_handover", "contact.add_handover", "contact.change_handover",
]  # fmt: skip
LEADING = [
    *CALLING,
    "contact.lead_callbackrequest", "contact.export_callbackrequest",
    "contact.add_helpline", "contact.change_helpline",
    "contact.view_desk", "contact.change_desk",
    *(f"contact.{verb}_{model}" for verb in ("add", "change", "delete", "view")
      for model in ("openinghours", "specialday", "retrystep", "dangerphrase")),
    *(f"contact.{verb}_place" for verb in ("add", "change")),
]  # fmt: skip
GROUPS = {
    "Editors": WRITING,
    "Medical reviewers": [
        "articles.view_article", "articles.view_topic", "articles.view_page", "faq.view_question",
        "articles.review_articlerevision", "faq.review_questionrevision",
    ],
    "Intake": CALLING,
    "Intake leads": LEADING,
    "Privacy officers": ["contact.view_auditentry", "contact.view_callbackrequest"],
}  # fmt: skip


def make_groups(apps, schema_editor):
    for label in ("articles", "faq", "contact"):
        # Permissions are otherwise made only after all migrations have run.
        app_config = apps.get_app_config(label)
        app_config.models_module = True
        create_permissions(app_config, apps=apps, verbosity=0)
        app_config.models_module = None
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    for name, names in GROUPS.items():
        group, _ = Group.objects.get_or_create(name=name)
        for each in names:
            label, codename = each.split(".")
            group.permissions.add(
                Permission.objects.get(content_type__app_label=label, codename=codename)
            )


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("articles", "0001_initial"),
        ("faq", "0001_initial"),
        ("contact", "0001_initial"),
    ]
    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
