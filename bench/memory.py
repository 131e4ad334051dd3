"""Memory of a worker that has served everything: `python -m bench.memory`.

Writes bench/MEMORY.md.
"""

import sys

from bench.laboratory.memory import main

if __name__ == "__main__":
    sys.exit(main())
