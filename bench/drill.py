"""Two nodes and two databases, killed under load: `make drill`. Writes bench/DRILL.md."""

import sys

from bench.laboratory.drill.command import main

if __name__ == "__main__":
    sys.exit(main())
