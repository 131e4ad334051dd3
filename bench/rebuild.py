"""Cost of making all pages again after one publication: `python -m bench.rebuild`.

Writes bench/REBUILD.md.
"""

from bench.laboratory.rebuild import main

if __name__ == "__main__":
    main()
