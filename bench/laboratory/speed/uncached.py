"""The site without its page cache, as a WSGI application: what making a page costs."""

from django.core.handlers.wsgi import WSGIHandler

# Sets the time limit and the scheduling that the site's own workers have.
import recovery_site.wsgi  # noqa: F401

application = WSGIHandler()
