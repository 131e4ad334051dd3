"""Settings, read top to bottom. Unset means production; see .env.example for each variable."""

from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from . import logs
from .database import databases
from .environment import roles
from .environment.env import (
    BASE_DIR,
    contact_address,
    csv,
    data_dir,
    env_cache,
    env_database,
    env_flag,
    env_mailer,
    env_parsed,
    env_required,
    env_str,
    networks,
)
from .environment.local_hosts import LOCAL_HOSTS
from .http import content_security
from .sign_in.options import *  # noqa: F403

roles.read_env_file_of_role(BASE_DIR / ".env")
ROLE = env_parsed("ROLE", "all", roles.role, "all, public or staff")
DEBUG = env_flag("DEBUG", "False")
FRESH_KEY = "`make run` writes it into .env; or put the output of `openssl rand -base64 32` there."
SECRET_KEY = env_required("SECRET_KEY", FRESH_KEY)
FIELD_KEYS = csv(roles.env_private("FIELD_KEYS", ROLE, FRESH_KEY))
INDEX_KEYS = csv(roles.env_private("INDEX_KEY", ROLE, FRESH_KEY))
JOURNAL_PUBLIC_KEY = roles.env_journal_key("JOURNAL_PUBLIC_KEY", ROLE)
BACKUP_PUBLIC_KEY = env_str("BACKUP_PUBLIC_KEY")
JOURNAL_PRIVATE_KEYS = csv(roles.env_private("JOURNAL_PRIVATE_KEYS", ROLE))

SITE_URL = env_str("SITE_URL", "http://localhost:8000").rstrip("/")
SITE_NAME = env_str("SITE_NAME", "Desert Bloom Recovery")
SITE_PHONE = env_str("SITE_PHONE", "888-281-0805")
INTAKE_EMAIL = env_str("INTAKE_EMAIL")
SECURITY_CONTACT = env_parsed(
    "SECURITY_CONTACT", "", contact_address, "mailto:security@example.org or https://…"
)
# Whether medical content goes live only with a clinician's approval of exactly these words.
REVIEW_REQUIRED = env_flag("REVIEW_REQUIRED", "True")
RETENTION_DAYS = env_parsed("RETENTION_DAYS", "365", int, "a number of days, such as 365")
DATA_DIR = env_parsed("DATA_DIR", "var", data_dir, "a folder that this account may write")
# Addresses or networks whose X-Forwarded-* headers are believed.
TRUSTED_PROXIES = env_parsed(
    "TRUSTED_PROXIES", "", networks, "addresses or networks, such as 127.0.0.1,10.0.0.0/8"
)

_site = urlsplit(SITE_URL)
if _site.scheme not in ("http", "https") or not _site.hostname:
    raise ImproperlyConfigured(f"SITE_URL is {SITE_URL!r}; write it like https://www.example.org")
SITE_IS_LOCAL = _site.hostname in ("localhost", "127.0.0.1", "::1")
SITE_IS_SECURE = _site.scheme == "https"
# Hosts that a local site answers to besides; `manage.py serve` adds those of this machine.
NETWORK_HOSTS = csv(env_str("NETWORK_HOSTS"))
ALLOWED_HOSTS = [*LOCAL_HOSTS, *NETWORK_HOSTS] if SITE_IS_LOCAL else [_site.hostname]

# The site's own apps; each is a folder beside `manage.py`.
SITE_APPS = ["recovery_site", "articles", "faq", "contact"]
INSTALLED_APPS = [
    "recovery_site.apps.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.sitemaps",
    "crispy_forms",
    "js_asset",
    "django_prose_editor",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "recovery_site.apps.RecoverySiteConfig",
    *SITE_APPS[1:],
]
MIDDLEWARE = [
    "recovery_site.middleware.trust_proxies",
    "recovery_site.middleware.answer_health_to_all",
    "recovery_site.middleware.serve_own_role",
    "django.middleware.security.SecurityMiddleware",
    "recovery_site.http.headers.privacy_headers",
    "recovery_site.http.headers.compress_visitor_pages",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "recovery_site.errors.explain_methods",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "recovery_site.middleware.activate_default_language",
    "recovery_site.middleware.require_utf8_form",
    "recovery_site.middleware.StaffSessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "recovery_site.middleware.accept_same_site_null_origin",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "recovery_site.sign_in.sessions.assurance.require_assurance",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "recovery_site.page_cache.snapshot.SnapshotMiddleware",
]
ROOT_URLCONF = "recovery_site.urls"
WSGI_APPLICATION = "recovery_site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "recovery_site.context_processors.site",
            ],
        },
    }
]
FORM_RENDERER = "recovery_site.widget_html.WidgetsWithoutTemplates"
CRISPY_TEMPLATE_PACK = "forms"
CRISPY_ALLOWED_TEMPLATE_PACKS = "forms"

_sqlite = {"ENGINE": "django.db.backends.sqlite3", "NAME": DATA_DIR / "site.sqlite3"}
_database = env_database("DATABASE_URL") or roles.local_database(_sqlite, ROLE, SITE_IS_LOCAL)
_replica = env_database("DATABASE_REPLICA_URL")
DATABASES = {
    "default": databases.for_work(_database),
    # Public pages are read from this one.
    "reading": databases.for_reading(_replica or _database)
    | {"IS_REPLICA": bool(_replica), "IS_FOR_READING": True},
}
DATABASE_ROUTERS = ["recovery_site.page_cache.snapshot.Router"]

# A site that is tried out asks for no second factor, but takes one that an account has.
SECOND_FACTOR_REQUIRED = not SITE_IS_LOCAL
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = SITE_IS_LOCAL and not SITE_IS_SECURE

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
# Spanish is ready for the page that speaks it.
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = env_parsed(
    "TIME_ZONE", "America/Phoenix", lambda v: ZoneInfo(v).key, "a name such as America/Denver"
)

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_ALLOW_ALL_ORIGINS = False
# Pictures and fonts are compressed already; no visitor needs source maps.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["png", "woff2", "map"]

SECURE_CSP = content_security.HEADER_POLICY
PAGE_CSP = content_security.PAGE_POLICY
STAFF_CSP = content_security.STAFF_POLICY
# Other sites do not learn that a visitor comes from here.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "recovery_site.errors.csrf_failure"
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
if SITE_IS_SECURE:
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
# HSTS covers this host alone: a clinic's other hosts are not ours to switch to https.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
if SITE_IS_LOCAL:
    # A site that is tried out needs no address for mails about requests.
    SILENCED_SYSTEM_CHECKS.append("contact.W001")
# Room for a message longer than the form takes, which comes back with its words; more is a 413.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
# No file that is sent is written to a temporary folder.
FILE_UPLOAD_HANDLERS = ["contact.privacy.uploads.InMemoryHandler"]

# Messages to staff name requests, so they are not kept in a cookie.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
# Holds the counters of tries and posts.
CACHES = {"default": env_cache("CACHE_URL")}
# Whether `serve` starts the search by meaning beside the server.
SEARCH_MODEL = env_flag("SEARCH_MODEL", "True")
MAIL_URL = env_str("MAIL_URL")
MAILERS = {"default": env_mailer("MAIL_URL")}
DEFAULT_FROM_EMAIL = f"website@{_site.hostname}"
LOGGING = logs.CONFIG
