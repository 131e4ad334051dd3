"""Bytes of a first visit to every kind of page: `python -m bench.first_visit`.

Writes bench/FIRST_VISIT.md.
"""

import sys

from bench.laboratory.first_visit_table import main

if __name__ == "__main__":
    sys.exit(main())
