"""What views say to caches."""

from django.views.decorators.cache import cache_control

# Of a page that is the same for everybody: any cache may keep it, and asks each time.
public = cache_control(public=True, max_age=0)
