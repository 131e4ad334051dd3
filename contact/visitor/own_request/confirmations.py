"""What a visitor is told after an action on their request."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _


class Confirmation(NamedTuple):
    """The result of an action, in short for the page's title and in full."""

    title: Any
    words: Any


NOT_SAVED_YET = Confirmation(
    _("Not saved yet"), _("What you typed is still here. Press the button below to save it.")
)
SAVED = Confirmation(_("Saved"), _("Saved."))
UNCHANGED = Confirmation(_("Nothing changed"), _("Nothing was changed."))
CANCELLED = Confirmation(
    _("Cancelled"),
    _(
        "Your request is cancelled. Only this one: if you asked more than once, your other "
        "requests stay as they are. If you change your mind, ask for a new call below."
    ),
)
STOPPED = Confirmation(
    _("No more calls"),
    _(
        "We will not call you about this request. Should somebody have asked for another call to "
        "this phone, our team reads first that you want none."
    ),
)
CLOSED_BEFORE = Confirmation(
    _("Not saved"), _("Your request was closed before this could be saved.")
)
