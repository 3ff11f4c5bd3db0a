#!/bin/sh
# Makes .venv with a Python that fits and installs the locked packages into it; says in one line what is missing.
set -eu
cd "$(dirname "$0")/.."

fits='import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))'

refuse() {
    echo "holdchain: $1" >&2
    exit 1
}

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        version=$("$PYTHON" -V 2>&1) || refuse "PYTHON=$PYTHON does not run."
        "$PYTHON" -c "$fits" || refuse "PYTHON=$PYTHON is $version; Python 3.11 to 3.14 is needed."
        return
    fi

    seen=none
    for PYTHON in python3 python3.14 python3.13 python3.12 python3.11 python; do
        version=$("$PYTHON" -V 2>/dev/null) || continue
        "$PYTHON" -c "$fits" 2>/dev/null && return
        if [ "$seen" = none ]; then seen=$version; fi
    done
    refuse "Python 3.11 to 3.14 is needed (found: $seen); install one, or name it: make setup PYTHON=/path/to/python3."
}

if ! { .venv/bin/python -c "$fits" && .venv/bin/python -m pip --version; } >/dev/null 2>&1; then
    find_python
    "$PYTHON" -c 'import ensurepip, venv' 2>/dev/null ||
        refuse "$PYTHON cannot make a virtual environment; install python3-venv (apt-get install python3-venv)."
    "$PYTHON" -m venv --clear .venv || refuse "could not make .venv with $PYTHON."
fi

echo "Installing the locked packages into .venv ..."
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1
.venv/bin/python -m pip install -qq --require-hashes --only-binary :all: -r requirements.lock ||
    refuse "the locked packages could not be installed (see above)."
.venv/bin/python -m pip install -qq --no-deps --no-build-isolation --editable . ||
    refuse "the project could not be installed (see above)."
.venv/bin/python -c "from kitchen.menu_search import warm; warm()" ||
    refuse "the menu search could not be compiled (see above)."
.venv/bin/python -c "from routing.search.warm import warm; warm()" ||
    refuse "the search for routes could not be compiled (see above)."
