from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest

from contact.records import phones
from contact.records.kept_copies import crisis_lines, shown_hours

from .facts.foot import FootLink, foot_links


class SiteContext(NamedTuple):
    name: str
    phone: str
    dial: str
    url: str
    lines: crisis_lines.CrisisLines
    hours: shown_hours.ShownHours
    foot: tuple[FootLink, ...] = ()


def current_site() -> SiteContext:
    """The centre's name, number and hours and the crisis lines, which need no database."""
    phone = settings.SITE_PHONE
    return SiteContext(
        settings.SITE_NAME,
        phone,
        phones.dial(phone),
        settings.SITE_URL,
        crisis_lines.read(),
        shown_hours.shown_hours(),
        foot_links.read(),
    )


def site(request: HttpRequest) -> dict[str, Any]:
    match = request.resolver_match
    return {
        "site": current_site(),
        "canonical": f"{settings.SITE_URL}{request.path}",
        # The address in the site map: `/articles/<slug:slug>/`, the same for all articles.
        "route": f"/{match.route}" if match else "",
    }
