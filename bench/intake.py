"""The intake desk over a million requests: `python -m bench.intake`. Writes bench/INTAKE.md."""

from bench.laboratory.database.intake import main

if __name__ == "__main__":
    main()
