"""Callback requests: how fast they are taken and come to the desk: `python -m bench.callback`.

Writes bench/CALLBACK.md.
"""

import sys

from bench.laboratory.callback import main

if __name__ == "__main__":
    sys.exit(main())
