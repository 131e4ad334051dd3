#!/usr/bin/env python
import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "recovery_site.settings")
    try:
        from django.conf import settings
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import execute_from_command_line
    except ModuleNotFoundError as missing:
        sys.exit(f"{missing.name} is not installed. `make run` installs what the site needs.")
    try:
        settings.configured or settings.SECRET_KEY  # noqa: B018
    except ImproperlyConfigured as wrong:
        sys.exit(f"The site cannot start. {wrong}")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
