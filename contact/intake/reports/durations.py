"""Minutes as people say them."""

from __future__ import annotations

from django.utils.translation import gettext as _


def duration(minutes: int) -> str:
    """`45 min`, `2 h`, `26 h 5 min`; no days, since these are often minutes of opening time."""
    hours, odd = divmod(minutes, 60)
    words = {"hours": hours, "minutes": odd}
    if not hours:
        return _("%(minutes)d min") % words
    return (_("%(hours)d h %(minutes)d min") if odd else _("%(hours)d h")) % words
