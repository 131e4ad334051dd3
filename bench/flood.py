"""Clients that never finish, and a thousand fakes: `python -m bench.flood`.

Writes bench/FLOOD.md.
"""

import sys

from bench.laboratory.flood import main

if __name__ == "__main__":
    sys.exit(main())
