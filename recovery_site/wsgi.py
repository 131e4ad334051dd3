import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "recovery_site.settings")
django.setup(set_prefix=False)

from recovery_site.published import application as published  # noqa: E402

application = published.application()
