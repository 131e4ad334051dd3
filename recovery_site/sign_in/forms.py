"""Forms of the log-in and of second factors, with our brakes in the place of the cache's limits."""

from __future__ import annotations

from typing import Any

from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, AuthenticateWebAuthnForm, LoginWebAuthnForm
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from contact.privacy import brakes
from contact.privacy.audit_trail import audit
from contact.privacy.audit_trail.audit import AuditAction

from .factors import factors

WRONG_CODE = _("This code is not right, or was used before. Wait for the next one.")
NOT_THIS_KEY = _("That did not work: no passkey of this account was used. Try again.")
CODE_INPUT = forms.TextInput(
    attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}
)


def record_failure(account: Any, step: str) -> None:
    audit.record(None, AuditAction.LOG_IN_FAILED, None, account=account.get_username(), step=step)


class CodeForm(AuthenticateForm):
    code = forms.CharField(
        label=_("Code from your app, or a recovery code"), max_length=40, widget=CODE_INPUT
    )

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        address = context.request.META.get("REMOTE_ADDR", "")
        lanes = brakes.log_in_lanes(self.user.get_username(), address, "code")
        if wait := brakes.begin_try(lanes):
            raise ValidationError(brakes.wait_text(wait), code="throttled")
        factor = factors.accept_code(self.user, code)
        if factor is None:
            record_failure(self.user, "code")
            raise ValidationError(WRONG_CODE, code="wrong")
        brakes.forgive(lanes)
        factor.user = self.user
        self.authenticator = factor
        return code


class AppForm(ActivateTOTPForm):
    """Adds an authenticator app, once its first code is right."""

    code = forms.CharField(label=_("Code that the app shows"), max_length=40, widget=CODE_INPUT)

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        self.counter = factors.counter_of(self.secret, code)
        if self.counter is None:
            raise ValidationError(WRONG_CODE, code="wrong")
        return code


class KnownKeyMixin:
    def clean_credential(self) -> Authenticator:
        try:
            factor: Authenticator = super().clean_credential()  # type: ignore[misc]
        except (AttributeError, LookupError, TypeError, ValueError) as nonsense:
            # Our script never sends this.
            raise ValidationError(NOT_THIS_KEY, code="wrong") from nonsense
        return factor


class KeyForm(KnownKeyMixin, AuthenticateWebAuthnForm):
    pass


class PasskeyLogInForm(KnownKeyMixin, LoginWebAuthnForm):
    pass


class NewKeyForm(AddWebAuthnForm):
    """Adds a passkey: kept in the device or key, which asks for finger, face or PIN."""

    name = forms.CharField(
        label=_("A name to know it by"),
        max_length=60,
        required=False,
        help_text=_("Such as: office laptop, blue key."),
    )
    passwordless = None

    def clean(self) -> dict[str, Any]:
        self.cleaned_data["passwordless"] = True
        try:
            return super().clean()
        except (AttributeError, LookupError, TypeError, ValueError) as nonsense:
            raise ValidationError(NOT_THIS_KEY, code="wrong") from nonsense


class EmergencyForm(forms.Form):
    username = forms.CharField(
        label=_("Username"), max_length=150, widget=forms.TextInput(attrs={"autofocus": True})
    )
    code = forms.CharField(
        label=_("Emergency code"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class ConfirmForm(forms.Form):
    password = forms.CharField(
        label=_("Your own password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )

    def __init__(self, *args: Any, account: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        brakes.require_own_password(self.account, password)
        return password
