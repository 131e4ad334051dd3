"""Minutes as people say them."""

from __future__ import annotations

from django.utils.translation import gettext


def duration(minutes: int) -> str:
    """`45 min`, `2 h`, `26 h 5 min`; never days, as many of these count opening time only."""
    hours, odd = divmod(minutes, 60)
    words = {"hours": hours, "minutes": odd}
    if not hours:
        return gettext("%(minutes)d min") % words
    return (gettext("%(hours)d h %(minutes)d min") if odd else gettext("%(hours)d h")) % words
