#!/bin/sh
# Make .venv with a Python of 3.12 or newer and install the packages of file $1.
set -eu
requirements=$1

if command -v uv >/dev/null 2>&1; then
    [ -x .venv/bin/python ] || uv venv --quiet --python "$(cat .python-version)" .venv
    exec uv pip install --quiet --compile-bytecode --python .venv/bin/python -r "$requirements"
fi

if ! [ -x .venv/bin/python ]; then
    chosen=
    for candidate in "python$(cat .python-version)" python3.14 python3.13 python3.12 python3 python; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1; then
            chosen=$candidate
            break
        fi
    done
    if [ -z "$chosen" ]; then
        echo "No Python 3.12 or newer was found. Install one (such as python3.13), or uv, and run this again." >&2
        exit 1
    fi
    if ! "$chosen" -m venv .venv; then
        rm -rf .venv
        echo "$chosen cannot make a virtual environment. On Debian or Ubuntu: apt install python3-venv" >&2
        exit 1
    fi
fi
echo "Installing packages ($requirements) …"
.venv/bin/python -m pip install --quiet --disable-pip-version-check -r "$requirements"
