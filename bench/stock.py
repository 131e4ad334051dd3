"""The list of all pages over 100,000 rows: `python -m bench.stock`. Writes bench/STOCK.md."""

from bench.laboratory.database.stock import main

if __name__ == "__main__":
    main()
