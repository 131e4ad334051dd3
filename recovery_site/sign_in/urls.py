"""Addresses under /admin/ for logging in and for one's own account.

The names without a namespace are those that django-allauth looks up. It has more pages (sign-up,
password reset, e-mail addresses), which have no address here.
"""

from django.contrib.auth.decorators import login_required
from django.urls import path
from django.views.generic import RedirectView

from . import views
from .factors import factor_views

urlpatterns = [
    path("login/", views.log_in, name="account_login"),
    path("login/code/", views.SecondFactorView.as_view(), name="mfa_authenticate"),
    path("login/passkey/", views.PasskeyLogInView.as_view(), name="mfa_login_webauthn"),
    path("login/emergency/", views.emergency_access, name="emergency_access"),
    path("account/", factor_views.AccountView.as_view(), name="mfa_index"),
    path("account/confirm/", factor_views.confirm_identity, name="account_reauthenticate"),
    path("account/app/", factor_views.AddAppView.as_view(), name="mfa_activate_totp"),
    path(
        "account/app/there/",
        login_required(RedirectView.as_view(pattern_name="mfa_index")),
        name="mfa_deactivate_totp",
    ),
    path("account/passkey/", factor_views.AddKeyView.as_view(), name="mfa_add_webauthn"),
    path("account/factors/<int:pk>/remove/", factor_views.remove_factor, name="remove_factor"),
    path(
        "account/codes/", factor_views.RecoveryCodesView.as_view(), name="mfa_view_recovery_codes"
    ),
    path(
        "account/codes/new/",
        factor_views.NewRecoveryCodesView.as_view(),
        name="mfa_generate_recovery_codes",
    ),
    path("account/sessions/end/", factor_views.end_other_sessions, name="end_other_sessions"),
]
