"""Databases that took this step before have its triggers; the next step removes them."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("recovery_site", "0002_change"),
        ("articles", "0001_initial"),
        ("faq", "0001_initial"),
        ("contact", "0001_initial"),
    ]
    operations = []
