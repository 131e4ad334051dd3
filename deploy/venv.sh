#!/bin/sh
# Make .venv, or mend it, with the packages of a lock file: sh deploy/venv.sh [requirements.lock]
# Finds a Python of 3.12 or newer; venv.py does the rest.
set -eu
lock=${1:-requirements.lock}

if .venv/bin/python -IS deploy/venv.py --is-ready "$lock" 2>/dev/null; then
    exit 0
fi

# uv makes an environment without ensurepip, which Debian ships apart.
needed="import ensurepip, sys; sys.exit(sys.version_info < (3, 12))"
if command -v uv >/dev/null 2>&1; then
    needed="import sys; sys.exit(sys.version_info < (3, 12))"
fi
chosen=
for candidate in "python$(cat .python-version)" python3.14 python3.13 python3.12 python3 python; do
    if "$candidate" -c "$needed" >/dev/null 2>&1; then
        chosen=$candidate
        break
    fi
done
if [ -z "$chosen" ] && command -v uv >/dev/null 2>&1; then
    # One that uv brought earlier, else a new one.
    chosen=$(uv python find --no-project --no-python-downloads ">=3.12" 2>/dev/null) || {
        echo "Fetching Python $(cat .python-version) with uv …"
        uv python install "$(cat .python-version)"
        chosen=$(uv python find --no-project "$(cat .python-version)")
    }
fi
if [ -z "$chosen" ]; then
    echo "No Python 3.12 or newer that can make a virtual environment was found. Install one" >&2
    echo "(Debian 13, Ubuntu 24.04: apt install python3-venv; macOS: brew install python), or uv." >&2
    exit 1
fi
exec "$chosen" -I deploy/venv.py "$lock"
