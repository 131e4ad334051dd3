"""Lighthouse's scores on a slow phone: `python -m bench.lighthouse`. Writes bench/LIGHTHOUSE.md."""

import sys

from bench.laboratory.lighthouse import main

if __name__ == "__main__":
    sys.exit(main())
