"""The site without its page store, as a WSGI application: what making a page costs."""

from django.core.handlers.wsgi import WSGIHandler

# How the site's own processes run is set there.
import recovery_site.wsgi  # noqa: F401

application = WSGIHandler()
