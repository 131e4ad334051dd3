"""What the audit trail tells of."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditAction(models.TextChoices):
    """Actions in the order of a request's life, then those on accounts.

    Hashes cover the values, so they never change.
    """

    RECEIVED = "received", _("received")
    LISTED = "listed", _("listed")
    SEARCHED = "searched", _("searched")
    VIEWED = "viewed", _("viewed")
    CLAIMED = "claimed", _("claimed")
    REVEALED = "revealed", _("revealed")
    WRONG_WORD = "wrong word", _("heard a wrong code word")
    CALLED = "called", _("called")
    ADDED_NOTE = "added note", _("added note")
    PUT_FIRST = "put first", _("put first for words that may mean danger")
    PLANNED = "planned", _("planned")
    POSTPONED = "moved to their next hours", _("moved to their next hours")
    PROMISE_CHANGED = "promise changed with the rules", _("promise changed with hours or rules")
    REPLANNED = "planned again by the rules", _("planned again by changed hours or rules")
    CHANGED_WISHES = "changed wishes", _("changed wishes")
    RELEASED = "released", _("released")
    HANDED_OVER = "handed over", _("handed over")
    ASSIGNED = "assigned", _("assigned")
    LINKED = "linked", _("linked")
    UNLINKED = "unlinked", _("unlinked")
    CLOSED = "closed", _("closed")
    STOPPED = "stopped", _("stopped")
    REOPENED = "reopened", _("reopened")
    UNDONE = "undone", _("taken back")
    CORRECTED = "corrected", _("corrected")
    SET_APART = "set apart", _("marked as a secret shopper")
    COUNTED_AGAIN = "counted again", _("unmarked as a secret shopper")
    EXPORTED = "exported", _("exported")
    DISCLOSED = "disclosed", _("wrote down a disclosure")
    KEPT_OPEN = "kept open", _("kept open after a review")
    HELD = "legal hold set", _("set a legal hold")
    HOLD_LIFTED = "legal hold lifted", _("lifted the legal hold")
    PURGED = "purged", _("purged")
    ERASURE_ASKED = "erasure asked", _("asked for an erasure")
    ERASURE_WITHDRAWN = "erasure withdrawn", _("took back what was asked: an erasure")
    ERASED = "erased", _("erased on demand")
    READING_ACKNOWLEDGED = "reading acknowledged", _("acknowledged unusual reading")
    SHIFT_HANDED_OVER = "handed the shift over", _("handed the shift over")
    SHIFT_TAKEN_OVER = "took the shift over", _("took the shift over")
    LOGGED_IN = "logged in", _("logged in")
    LOG_IN_FAILED = "log-in failed", _("log-in failed")
    LOGGED_OUT = "logged out", _("logged out")
    SESSIONS_ENDED = "sessions ended", _("ended sessions")
    ACCOUNT_MADE = "account made", _("made an account")
    ACCOUNT_DISABLED = "account disabled", _("disabled an account")
    ACCOUNT_ENABLED = "account enabled", _("enabled an account")
    ROLES_CHANGED = "roles changed", _("changed roles")
    PASSWORD_CHANGED = "password changed", _("changed a password")
    FACTOR_ADDED = "factor added", _("added a second factor")
    FACTOR_REMOVED = "factor removed", _("removed a second factor")
    FACTORS_RESET = "factors reset", _("reset the second factor of an account")
    EMERGENCY_CODE_MADE = "emergency code made", _("made a code for emergency access")
    EMERGENCY_CODE_USED = "emergency code used", _("logged in with an emergency code")
    GAP_ACCEPTED = "gap accepted", _("went on after a gap in the trail")
    KEYS_ROTATED = "keys rotated", _("made all anew under the newest keys")
    KEY_CHANGED = "key changed", _("went on under a new key of the trail")
