"""Searches over 100,000 articles: `python -m bench.search`. Writes bench/SEARCH.md."""

from bench.laboratory.database.search import main

if __name__ == "__main__":
    main()
