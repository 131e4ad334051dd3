"""Forms for what cannot be taken back: they ask for a reason and for the password again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from contact.privacy.brakes import require_own_password
from contact.records import phones
from contact.records.clean_text import FreeTextField

MIN_REASON_LENGTH = 10
LONGEST_REASON = 300


class ReasonField(FreeTextField):
    """A reason that the audit trail keeps for good, so it may name nobody."""

    def __init__(self, **kwargs: Any) -> None:
        defaults: dict[str, Any] = {
            "longest": LONGEST_REASON,
            "widget": forms.TextInput(attrs={"autocomplete": "off"}),
            "help_text": _(
                "At least 10 characters. No names here: it stays in the audit trail for good."
            ),
        }
        super().__init__(**defaults | kwargs)

    def validate(self, value: str) -> None:
        super().validate(value)
        if len(value) < MIN_REASON_LENGTH:
            raise ValidationError(_("Write at least 10 characters."), code="short")
        if "@" in value or phones.DOMESTIC.search(value):
            raise ValidationError(
                _("This looks like somebody’s number or address. Say only what for."),
                code="personal",
            )


class SensitiveForm(forms.Form):
    password = forms.CharField(
        label=_("Your own password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, account: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_bound and not self.errors:
            # Last, so that a forgotten tick does not count as a wrong password.
            self._check_password(self.cleaned_data["password"])

    @property
    def status(self) -> int:
        """The status of the page that shows the form."""
        if not self.errors:
            return 200
        return 429 if self.has_error("__all__", "throttled") else 422

    def _check_password(self, password: str) -> None:
        try:
            require_own_password(self.account, password)
        except ValidationError as error:
            is_throttled = error.code == "throttled"
            self.add_error(None if is_throttled else "password", error)
