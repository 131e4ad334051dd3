"""Cache headers of the public pages."""

from django.views.decorators.cache import cache_control

# For pages that are the same for everybody: caches may store them and revalidate each time.
public = cache_control(public=True, max_age=0)
