from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest


class Site(NamedTuple):
    name: str
    phone: str
    dial: str
    url: str


def current_site() -> Site:
    """What every page says of the centre; no database behind it."""
    digits = "".join(c for c in settings.SITE_PHONE if c.isdigit())
    dial = f"+{digits}" if len(digits) > 10 else f"+1{digits}"
    return Site(settings.SITE_NAME, settings.SITE_PHONE, dial, settings.SITE_URL)


def site(request: HttpRequest) -> dict[str, Any]:
    return {"site": current_site(), "canonical": f"{settings.SITE_URL}{request.path}"}
