"""Settings of signing in: passwords, sessions, and second factors by django-allauth."""

AUTHENTICATION_BACKENDS = ["recovery_site.sign_in.adapters.StaffBackend"]
# Staff alone have sessions, and pages there.
STAFF_PATHS = ("/admin/", "/intake/")
# What a process with ROLE=public does not serve.
PATHS_WITH_KEYS = (*STAFF_PATHS, "/contact/my-request/", "/review/")
SESSION_ENGINE = "recovery_site.sign_in.sessions.sessions"
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"recovery_site.sign_in.passwords.password_rules.{name}"}
    for name in ("LengthRule", "RepetitionRule", "NameRule", "CommonStemRule")
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]

# Staff are logged off after 15 idle minutes (45 CFR 164.312(a)(2)(iii)).
SESSION_COOKIE_AGE = 15 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_AGE = None

# Of allauth, only what is named here is used.

ACCOUNT_ADAPTER = "recovery_site.sign_in.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
# Tries are counted in the database instead (contact/privacy/brakes.py).
ACCOUNT_RATE_LIMITS = MFA_RATE_LIMITS = False
MFA_ADAPTER = "recovery_site.sign_in.factors.factors.MFAAdapter"
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
