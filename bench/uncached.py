"""The site without its page store, as a WSGI application: what making a page costs."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "recovery_site.settings")
application = get_wsgi_application()
