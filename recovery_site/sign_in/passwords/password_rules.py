"""Rules for the passwords of staff, each with its reason."""

from __future__ import annotations

import itertools
import re
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext

MIN_DIFFERENT = 6
# So much must be left of a password without its guessable words.
MIN_REST = 8
SHORTEST_NAME = 4
DATES = [
    *("spring", "summer", "autumn", "fall", "winter", "primavera", "verano", "otono", "invierno"),
    *("january", "february", "march", "april", "may", "june", "july", "august", "september"),
    *("october", "november", "december", "monday", "tuesday", "wednesday", "thursday", "friday"),
    *("saturday", "sunday"),
]
USUAL = ["password", "passwort", "welcome", "letmein", "changeme", "admin", "login", "secret"]
# Passphrases that are in every list of guesses, since they were printed as good examples.
WELL_KNOWN = {
    *("correcthorsebatterystaple", "thequickbrownfoxjumpsoverthelazydog"),
    *("maytheforcebewithyou", "tobeornottobethatisthequestion", "ilovemyfamily"),
}
YEAR_PATTERN = re.compile(r"(?:19|20)\d\d")
NO_LETTER = re.compile(r"[\W\d_]+")
LOOKALIKES = str.maketrans("013457@$!", "oieastasi")


def fold_look_alikes(text: str) -> str:
    """Small letters, with digits and signs that stand for letters read as these."""
    return text.casefold().translate(LOOKALIKES)


def names_in_text(text: str) -> list[str]:
    return [name for name in NO_LETTER.split(text.casefold()) if len(name) >= SHORTEST_NAME]


class RepetitionRule:
    """Refuses passwords of few different characters, and those that repeat one piece."""

    def validate(self, password: str, user: Any = None) -> None:
        small = password.casefold()
        steps = [ord(b) - ord(a) for a, b in itertools.pairwise(small)]
        in_a_row = sum(step in (-1, 0, 1) for step in steps)
        is_repeated = re.fullmatch(r"(.{1,8}?)\1+.{0,3}", small)
        if len(set(small)) < MIN_DIFFERENT or is_repeated or in_a_row > len(small) * 2 / 3:
            raise ValidationError(
                gettext("It repeats the same characters, or characters in a row."), code="repeated"
            )

    def get_help_text(self) -> str:
        return gettext("It must not repeat the same characters over and over.")


class NameRule:
    """Refuses the site's and the user's own names, and words with a year or season around them."""

    def validate(self, password: str, user: Any = None) -> None:
        small, same = password.casefold(), fold_look_alikes(password)
        whole_name = NO_LETTER.sub("", settings.SITE_NAME.casefold())
        first_two = "".join(names_in_text(settings.SITE_NAME)[:2])
        letters = NO_LETTER.sub("", same)
        if any(len(name) > SHORTEST_NAME and name in letters for name in (whole_name, first_two)):
            raise ValidationError(gettext("It holds the name of the site."), code="site")
        if any(name in small or name in same for name in self._own_names(user)):
            raise ValidationError(gettext("It holds your own name."), code="name")
        self._require_rest(small)

    def _require_rest(self, small: str) -> None:
        guessable = [*names_in_text(settings.SITE_NAME), *DATES, *USUAL]
        without_years = YEAR_PATTERN.sub("", small)
        for text in (without_years, fold_look_alikes(without_years)):
            rest = text
            for word in guessable:
                rest = rest.replace(word, "")
            if len(rest) < min(MIN_REST, len(text)):
                raise ValidationError(
                    gettext(
                        "It is mostly a season, month, year or usual word. Many people choose such "
                        "passwords, so they are tried first."
                    ),
                    code="usual",
                )

    def _own_names(self, user: Any) -> list[str]:
        if user is None:
            return []
        values = (user.get_username(), user.first_name, user.last_name, user.email.split("@")[0])
        return [name for value in values for name in names_in_text(value)]

    def get_help_text(self) -> str:
        return gettext(
            "It must not hold your name or that of the site, nor be a season or month with a year."
        )


class CommonStemRule(CommonPasswordValidator):
    """Refuses common passwords, also with digits and signs around them."""

    def validate(self, password: str, user: Any = None) -> None:
        super().validate(password, user)
        if {
            NO_LETTER.sub("", each) for each in (password.casefold(), fold_look_alikes(password))
        } & WELL_KNOWN:
            raise ValidationError(gettext("It is a passphrase that many know."), code="common")
        stem = password.casefold().strip("0123456789 !?.,-_#*$@+")
        if len(stem) >= SHORTEST_NAME and stem in self.passwords:
            raise ValidationError(
                gettext("It is a common password with digits or signs around it."), code="common"
            )


class LengthRule:
    """At least 15 characters, or 12 for an account that has a second factor."""

    alone, with_factor = 15, 12

    def validate(self, password: str, user: Any = None) -> None:
        # Imported late: settings name this module before models are loaded.
        from ..factors.factors import has_factor

        shortest = self.with_factor if has_factor(user) else self.alone
        if len(password) < shortest:
            raise ValidationError(
                gettext("It has %(length)d characters. It needs at least %(shortest)d.")
                % {"length": len(password), "shortest": shortest},
                code="short",
            )

    def get_help_text(self) -> str:
        return gettext(
            "At least 15 characters, or 12 once you have a second factor. Four or five words that "
            "have nothing to do with each other are good."
        )
