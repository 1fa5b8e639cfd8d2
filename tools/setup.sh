#!/bin/sh
# Makes .venv and installs Bonemusic into it. usage: tools/setup.sh [dev]
# Everything from pinned versions (constraints.txt); with "dev", what tests and lint need as well.
set -eu
cd "$(dirname "$0")/.."
kind=${1:-run}
stamp=.venv/.ready-$kind

say() { printf 'setup: %s\n' "$*"; }
# programs that draw SVG and PDF, by which tests measure true size, and one that reads letters, by which they read
# labels; without them those tests are skipped and say so
renderers() {
    if command -v rsvg-convert >/dev/null && command -v pdftoppm >/dev/null && command -v tesseract >/dev/null; then
        return
    fi
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then return; fi
    say "installing programs that tests look at discs with (librsvg2-bin, poppler-utils, tesseract-ocr)"
    { apt-get -qq update && apt-get -qq install -y --no-install-recommends librsvg2-bin poppler-utils tesseract-ocr \
        tesseract-ocr-rus; } \
        >/dev/null 2>&1 || say "that did not work; those tests will be skipped"
}
new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

if [ -e "$stamp" ] && [ "$stamp" -nt pyproject.toml ] && [ "$stamp" -nt constraints.txt ]; then
    exit 0
fi

if [ ! -x .venv/bin/pip ]; then
    python=
    for each in ${PYTHON:-} python3 python3.11 python3.12 python3.13; do
        if new_enough "$each"; then python=$each; break; fi
    done
    if [ -z "$python" ]; then
        say "no Python 3.11 or later is here; install one (Debian: apt install python3.11 python3.11-venv) and try again"
        exit 1
    fi
    say "making the virtual environment .venv with $("$python" --version)"
    if ! "$python" -m venv .venv >/dev/null 2>&1; then
        rm -rf .venv
        package=$("$python" -c 'import sys; print("python3.%d-venv" % sys.version_info[1])')
        if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
            say "Python's venv module is missing: installing the system package $package"
            apt-get -qq update
            apt-get -qq install -y --no-install-recommends "$package" >/dev/null
            "$python" -m venv .venv
        else
            say "Python's venv module is missing, and only root may install it; run: sudo apt install $package"
            exit 1
        fi
    fi
fi

if [ "$kind" = dev ]; then extras=report,video,pdf,xray,dev; else extras=report,video,pdf,xray; fi
say "installing Bonemusic and the libraries it needs ($extras) into .venv; a minute or two the first time"
.venv/bin/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[$extras]"
if [ "$kind" = dev ]; then renderers; fi
if [ "$kind" = dev ]; then tools/rs274.sh || true; fi
touch "$stamp"
say "done: the command is .venv/bin/bonemusic"
