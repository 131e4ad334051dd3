"""The site's own settings, on throw-away secrets and data."""

import atexit
import base64
import os
import shutil
import tempfile

# A variable of the shell or of .env must not reach the tests; DATABASE_URL may choose the database.
SECRETS = {
    "SECRET_KEY": "only-for-tests-" + "x" * 40,
    "FIELD_KEYS": base64.b64encode(b"1" * 32).decode(),
    "INDEX_KEY": base64.b64encode(b"2" * 32).decode(),
    # The pair of the private key of 32 times "3".
    "JOURNAL_PUBLIC_KEY": "ew1H2TQn+DERYHgcfHM/2J+IlwrvSQ2KoO4ZpMuKGxQ=",
    "JOURNAL_PRIVATE_KEYS": base64.b64encode(b"3" * 32).decode(),
}
for name in (
    "SITE_NAME", "SITE_PHONE", "TRUSTED_PROXIES", "RETENTION_DAYS", "DEBUG",
    "DATABASE_REPLICA_URL", "CACHE_URL", "ROLE", "NETWORK_HOSTS", "SEARCH_MODEL",
    "REVIEW_REQUIRED", "BACKUP_PUBLIC_KEY",
):  # fmt: skip
    os.environ[name] = ""
os.environ.update(
    SECRETS,
    SITE_URL="http://localhost:8000",
    TIME_ZONE="America/Phoenix",
    INTAKE_EMAIL="intake@example.org",
    MAIL_URL="smtp://localhost:25",
    SECURITY_CONTACT="",
    DATABASE_URL=os.environ.get("TEST_SITE_DATABASE_URL", ""),
    DATA_DIR=tempfile.mkdtemp(prefix="site-tests-"),
)
atexit.register(shutil.rmtree, os.environ["DATA_DIR"], ignore_errors=True)

from recovery_site.settings import *  # noqa: E402, F403
from recovery_site.settings import DATABASES, STATIC_ROOT, STORAGES  # noqa: E402

from . import durability  # noqa: E402

STATIC_ROOT.mkdir()
durability.turn_off(DATABASES["default"])
# Only tests of the page cache read through it: its snapshots do not see another one's transaction.
del DATABASES["reading"]
# Most tests are about something else than who approved the words of their pages.
REVIEW_REQUIRED = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, as in production: several connections, real locks.
    DATABASES["default"]["TEST"] = {"NAME": f"{os.environ['DATA_DIR']}/test.sqlite3"}
