import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "recovery_site.settings")
django.setup(set_prefix=False)

from django.conf import settings  # noqa: E402

from recovery_site.databases import is_sqlite  # noqa: E402
from recovery_site.published import application as published  # noqa: E402

if not all(is_sqlite(each) for each in settings.DATABASES.values()):
    from recovery_site import patience

    # Longer than any page takes; a thread that waits on serves nobody.
    patience.limit(seconds=20)

application = published.application()
