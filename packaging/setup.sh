#!/bin/sh
# Finds a Python that can run the program, installs one on a bare Debian when it may, and hands over to
# setup_venv.py. PYTHON=/path/to/python chooses another. On Windows run setup_venv.py itself.
set -eu

here=$(dirname "$0")
fits='import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))'

find_python() {
    for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11 python3.14}; do
        if "$candidate" -c "$fits" >/dev/null 2>&1; then
            command -v "$candidate"
            return
        fi
    done
    return 1
}

if ! python=$(find_python); then
    found=$("${PYTHON:-python3}" --version 2>&1) || found="no Python"
    echo "netdesigner needs Python 3.11 to 3.14; here is $found." >&2
    packages="python3 python3-venv"
    if [ -z "${PYTHON:-}" ] && command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
        echo "setup: installing $packages" >&2
        export DEBIAN_FRONTEND=noninteractive
        apt-get -qq update >&2 || true
        # shellcheck disable=SC2086 # a list of words
        apt-get -qq -o Dpkg::Use-Pty=0 install -y --no-install-recommends $packages >&2 || true
        python=$(find_python) || { echo "This system's own Python is too old or could not be installed." >&2; exit 1; }
    else
        if command -v apt-get >/dev/null 2>&1; then
            echo "On Debian 12, Ubuntu 24.04 or newer:  sudo apt-get install -y --no-install-recommends $packages" >&2
        fi
        echo "Another one can be named:  make run PYTHON=/path/to/python3.11" >&2
        exit 1
    fi
fi

exec "$python" "$here/setup_venv.py" "$@"
