"""What a site runs on that a test starts as a program: the site's own settings, no slow disk."""

from recovery_site.settings import *  # noqa: F403
from recovery_site.settings import DATABASES

from . import durability

durability.turn_off(DATABASES["default"])

# Each start would embed a thousand texts; `test_meaning.py` runs the process.
SEARCH_MODEL = False
# Pages that these sites publish are made up.
REVIEW_REQUIRED = False
