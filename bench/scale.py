"""Public pages over 100,000 articles: `python -m bench.scale`. Writes bench/SCALE.md."""

from bench.laboratory.database.scale import main

if __name__ == "__main__":
    main()
