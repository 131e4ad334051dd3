import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "recovery_site.settings")
django.setup(set_prefix=False)

from recovery_site.database import query_timeouts  # noqa: E402
from recovery_site.page_cache import handler  # noqa: E402

# Longer than any page takes; a thread that waits on serves nobody.
query_timeouts.set_query_timeout(seconds=20)

application = handler.make_application()
