"""What can be chosen for a callback request, and the words for it."""

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _


class CallingFor(TextChoices):
    SELF = "self", _("Myself")
    SOMEONE_ELSE = "someone_else", _("Someone I care about")


class Announce(TextChoices):
    NO = "no", _("No, do not say who is calling")
    YES = "yes", _("Yes, you may say who is calling")


class Voicemail(TextChoices):
    NONE = "none", _("Do not leave a message")
    CALLBACK_ONLY = "callback_only", _("Only a first name and a number to call back")
    FULL = "full", _("A message that says who is calling and why")


class BestTime(TextChoices):
    ANY = "any", _("Any time")
    MORNING = "morning", _("Morning (8 a.m. to noon)")
    AFTERNOON = "afternoon", _("Afternoon (noon to 5 p.m.)")
    EVENING = "evening", _("Evening (5 to 9 p.m.)")


class Language(TextChoices):
    ENGLISH = "en", _("English")
    SPANISH = "es", _("Spanish (español)")
    OTHER = "other", _("Another language")


class Status(TextChoices):
    NEW = "new", _("New")
    TRYING = "trying", _("Trying to reach")
    LEAD = "lead", _("A lead decides")
    CLOSED = "closed", _("Closed")


class Outcome(TextChoices):
    CAME_IN = "came_in", _("Came in")
    REFERRED = "referred", _("Referred to another place")
    ANSWERED = "answered", _("Questions answered, nothing more wanted")
    NOT_NOW = "not_now", _("Not now")
    UNREACHABLE = "unreachable", _("Could not be reached")
    WRONG_NUMBER = "wrong_number", _("Wrong number")
    STOP = "stop", _("Asked us to stop calling")
    CANCELLED = "cancelled", _("Cancelled by themselves")
    DUPLICATE = "duplicate", _("Handled in another request")
    SPAM = "spam", _("Spam")


class Priority(IntegerChoices):
    """Who goes first when several wait."""

    DANGER = 0, _("Words that may mean danger")
    SELF = 1, _("Asks for themselves")
    SOMEONE_ELSE = 2, _("Asks for someone else")
    AUTOMATIC = 3, _("Looks automatic")
