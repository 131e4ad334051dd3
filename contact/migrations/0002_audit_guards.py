"""Databases that took this step before have its trigger; step 0005 removes it."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("contact", "0001_initial")]
    operations = []
