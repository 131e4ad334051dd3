"""Settings of django-allauth, which brings second factors. Only what is named here is used."""

ACCOUNT_ADAPTER = "recovery_site.sign_in.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
# Tries are counted in the database instead (contact/privacy/brakes.py).
ACCOUNT_RATE_LIMITS = MFA_RATE_LIMITS = False
MFA_ADAPTER = "recovery_site.sign_in.factors.MFAAdapter"
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODE_DIGITS = 10
MFA_RECOVERY_CODES_SHOW_ONCE = True
# Phones' clocks are some seconds off.
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "authenticate": "recovery_site.sign_in.forms.CodeForm",
    "activate_totp": "recovery_site.sign_in.forms.AppForm",
    "authenticate_webauthn": "recovery_site.sign_in.forms.KeyForm",
    "login_webauthn": "recovery_site.sign_in.forms.PasskeyLogInForm",
    "add_webauthn": "recovery_site.sign_in.forms.NewKeyForm",
}
