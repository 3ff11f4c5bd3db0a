#!/bin/sh
# Installs what the tests need beside Python (as root, on Debian and its kin), or says in one line what is missing.
set -eu

missing() {
    absent=
    ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || absent="$absent postgresql"
    PATH="$PATH:/usr/sbin:/sbin" command -v mosquitto >/dev/null || absent="$absent mosquitto"
    command -v chromium >/dev/null || command -v chromium-browser >/dev/null || absent="$absent chromium"
    echo "$absent"
}

wanted=$(missing)
if [ -n "$wanted" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing for the tests:$wanted ..."
    log=$(mktemp)
    export DEBIAN_FRONTEND=noninteractive
    # shellcheck disable=SC2086
    { apt-get update && apt-get install -y --no-install-recommends $wanted; } </dev/null >"$log" 2>&1 || tail -n 3 "$log" >&2
    rm -f "$log"
    wanted=$(missing)
fi
if [ -n "$wanted" ]; then
    echo "Missing:$wanted; the tests that need them are skipped (install with: apt-get install$wanted)."
fi

bin="$(dirname "$0")/../.venv/bin"
if ! "$bin/python" -c 'import sys; from api.roads import installed_programs; sys.exit(not installed_programs())'; then
    "$bin/holdchain" roads get || echo "The tests with a real road engine are skipped (install with: holdchain roads get)."
fi
