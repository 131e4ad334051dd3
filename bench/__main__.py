"""The site's speed beside nginx, gunicorn and Wagtail: `make bench`. Writes bench/RESULTS.md."""

import sys

from bench.laboratory.speed.comparison import main

if __name__ == "__main__":
    sys.exit(main())
