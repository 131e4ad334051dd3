"""Helplines outside the centre."""

from __future__ import annotations

import re
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from contact.records import phones
from contact.records.enums import Language
from contact.records.phone_reading.reading import KEYPAD

from . import verification


class HelplineQuerySet(models.QuerySet["Helpline"]):
    def published(self) -> Self:
        """Return verified lines; visitors see no others."""
        return self.filter(verified_on__isnull=False)

    def poison_help(self) -> Helpline | None:
        """Return the line for who took too much of something, if it is verified."""
        return self.published().filter(slug="poison-help").exclude(dial="").first()

    def found_by(self, term: str) -> Self:
        """Return those in which each of these words stands; all for none."""
        found: Self = verification.found_by(self, term, ("name", "languages", "description"))
        return found


class Helpline(models.Model):
    """A helpline outside the centre, such as 988."""

    class Kind(models.TextChoices):
        CRISIS = "crisis", _("Crisis: someone may be in danger")
        SUPPORT = "support", _("Support and treatment search")

    name = models.CharField(_("name"), max_length=100)
    slug = models.SlugField(_("short name"), max_length=100, unique=True)
    phone = models.CharField(
        _("number as shown"), max_length=40, blank=True, help_text=_("For example 1-800-662-4357.")
    )
    dial = models.CharField(
        _("number to dial"),
        max_length=20,
        blank=True,
        help_text=_("Only digits and a leading +, for example +18006624357 or 988."),
        validators=[phones.validate_dial],
    )
    text = models.CharField(
        _("how to text"), max_length=100, blank=True, help_text=_("For example: Text 988.")
    )
    url = models.URLField(_("website"), blank=True)
    chat_url = models.URLField(
        _("address of the chat"),
        blank=True,
        help_text=_("The page on which a chat begins at once, not the line’s first page."),
    )
    spanish_key = models.CharField(
        _("key for Spanish"),
        max_length=1,
        blank=True,
        help_text=_("The key that callers press to be helped in Spanish, for example 2."),
        validators=[RegexValidator(r"^[0-9*#]$", _("One key of a phone."))],
    )
    spanish_word = models.CharField(
        _("word to text for Spanish"),
        max_length=20,
        blank=True,
        help_text=_("For example AYUDA. It goes to the number that is texted."),
    )
    deaf_access = models.CharField(
        _("for people who are deaf or hard of hearing"),
        max_length=200,
        blank=True,
        help_text=_("For example: TTY: dial 711, then 988. Sign language: call by videophone."),
    )
    description = models.TextField(_("what it is for"), max_length=400, blank=True)
    languages = models.CharField(
        _("languages"), max_length=100, default="en", help_text=_("Codes, for example en,es.")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.SUPPORT)
    order = models.PositiveSmallIntegerField(_("order"), default=100)
    verified_on = models.DateField(
        _("verified on"),
        null=True,
        blank=True,
        help_text=_("The day someone called or checked the line. Visitors see it only then."),
    )

    # As texts were written with them: what they link to follows the record (`moved_numbers.py`).
    first_dial = models.CharField(max_length=20, blank=True, editable=False)
    first_phone = models.CharField(max_length=40, blank=True, editable=False)
    first_text = models.CharField(max_length=100, blank=True, editable=False)

    objects: ClassVar[HelplineQuerySet] = HelplineQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("helpline")
        # Crisis lines first: "crisis" sorts before "support".
        ordering = ["kind", "order", "name"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.first_dial:
            self.first_dial, self.first_phone = self.dial, self.phone or self.dial
        self.first_text = self.first_text or self.text
        super().save(*args, **kwargs)

    def clean(self) -> None:
        """Nobody reads one number and dials another."""
        shown = re.sub(r"\D", "", self.phone.lower().translate(KEYPAD))
        dialled = self.dial.removeprefix("+1").removeprefix("+")
        if shown and dialled not in shown:
            message = _("This is not the number that is shown. Change both, so that they agree.")
            raise ValidationError({"dial": message})

    @property
    def is_stale(self) -> bool:
        return verification.is_verification_stale(self.verified_on)

    def speaks(self, code: str) -> bool:
        return code in (each.strip() for each in self.languages.split(","))

    @property
    def language_words(self) -> str:
        labels = dict(Language.choices)
        codes = (code.strip() for code in self.languages.split(","))
        return ", ".join(str(labels.get(code, code)) for code in codes if code)

    @property
    def text_to(self) -> str:
        """The number to text, where the words on texting say nothing else: "Text 988"."""
        return self.number_to_text(self.text)

    @staticmethod
    def number_to_text(words: str) -> str:
        found = re.fullmatch(r"[^\W\d]+ (\d{3,6})\.?", words)
        return found[1] if found else ""

    @property
    def is_published(self) -> bool:
        return self.verified_on is not None
