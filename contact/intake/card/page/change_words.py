"""How a card says what changed its request last."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from contact.privacy.audit_trail.audit import AuditAction


class ChangeWords(NamedTuple):
    """What a colleague did, what the reader did, and what happened without an account, which is
    the visitor or the system. Empty where it cannot happen."""

    by_colleague: Any = ""
    by_reader: Any = ""
    without_account: Any = ""


CHANGES = {
    AuditAction.CLAIMED: ChangeWords(_("%(who)s took this call"), _("You took this call")),
    AuditAction.CALLED: ChangeWords(_("%(who)s wrote down a call"), _("You wrote down a call")),
    AuditAction.RELEASED: ChangeWords(_("%(who)s let this call go"), _("You let this call go")),
    AuditAction.HANDED_OVER: ChangeWords(
        _("%(who)s handed this call over"), _("You handed this call over")
    ),
    AuditAction.ASSIGNED: ChangeWords(
        _("%(who)s changed for whom it is kept"), _("You changed for whom it is kept")
    ),
    AuditAction.CLOSED: ChangeWords(
        _("%(who)s closed it"), _("You closed it"), _("They cancelled it or asked us to stop")
    ),
    AuditAction.REOPENED: ChangeWords(_("%(who)s opened it again"), _("You opened it again")),
    AuditAction.CORRECTED: ChangeWords(
        _("%(who)s corrected what they gave"),
        _("You corrected what they gave"),
        _("They changed what they gave"),
    ),
    AuditAction.UNDONE: ChangeWords(_("%(who)s took a step back"), _("You took a step back")),
    AuditAction.PUT_FIRST: ChangeWords(
        _("%(who)s wrote words that may mean danger"),
        _("You wrote words that may mean danger"),
        _("They wrote words that may mean danger"),
    ),
    AuditAction.PLANNED: ChangeWords(
        _("%(who)s planned the next call"),
        _("You planned the next call"),
        _("They named a time for the call"),
    ),
    AuditAction.CHANGED_WISHES: ChangeWords(
        _("%(who)s changed when to call them"),
        _("You changed when to call them"),
        _("They changed when to be called"),
    ),
    AuditAction.POSTPONED: ChangeWords(
        without_account=_("It moved to their next calling hours"),
    ),
    AuditAction.REPLANNED: ChangeWords(
        without_account=_("Changed hours or rules of the desk planned it again"),
    ),
    AuditAction.PROMISE_CHANGED: ChangeWords(
        without_account=_("Changed hours or rules of the desk moved its promise"),
    ),
    AuditAction.LINKED: ChangeWords(_("%(who)s linked it"), _("You linked it")),
    AuditAction.UNLINKED: ChangeWords(_("%(who)s unlinked it"), _("You unlinked it")),
}
# These leave the request as it was, or come with one of the changes above. Whoever calls a secret
# shopper must not learn of the mark.
NO_CHANGES = {
    *(AuditAction.SET_APART, AuditAction.COUNTED_AGAIN),
    *(AuditAction.RECEIVED, AuditAction.LISTED, AuditAction.SEARCHED, AuditAction.VIEWED),
    *(AuditAction.REVEALED, AuditAction.WRONG_WORD),
    *(AuditAction.ADDED_NOTE, AuditAction.STOPPED, AuditAction.EXPORTED),
    *(AuditAction.DISCLOSED, AuditAction.KEPT_OPEN, AuditAction.READING_ACKNOWLEDGED),
    *(AuditAction.HELD, AuditAction.HOLD_LIFTED, AuditAction.ERASURE_ASKED),
    *(AuditAction.ERASURE_WITHDRAWN, AuditAction.ERASED),
    *(AuditAction.PURGED, AuditAction.SHIFT_HANDED_OVER, AuditAction.SHIFT_TAKEN_OVER),
    # On accounts.
    *(AuditAction.LOGGED_IN, AuditAction.LOG_IN_FAILED, AuditAction.LOGGED_OUT),
    *(AuditAction.SESSIONS_ENDED, AuditAction.ACCOUNT_MADE, AuditAction.ACCOUNT_DISABLED),
    *(AuditAction.ACCOUNT_ENABLED, AuditAction.ROLES_CHANGED, AuditAction.PASSWORD_CHANGED),
    *(AuditAction.FACTOR_ADDED, AuditAction.FACTOR_REMOVED, AuditAction.FACTORS_RESET),
    *(AuditAction.EMERGENCY_CODE_MADE, AuditAction.EMERGENCY_CODE_USED),
    *(AuditAction.GAP_ACCEPTED, AuditAction.KEY_CHANGED, AuditAction.KEYS_ROTATED),
}
if unsaid := set(AuditAction) - CHANGES.keys() - NO_CHANGES:
    raise TypeError(f"Say in {__name__} what {', '.join(unsaid)} changes, or that it does not.")

BY_ACCOUNT = [action for action, words in CHANGES.items() if words.by_colleague]
WITHOUT_ACCOUNT = [action for action, words in CHANGES.items() if words.without_account]
