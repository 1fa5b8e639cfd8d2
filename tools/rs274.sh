#!/bin/sh
# Unpacks LinuxCNC's interpreter rs274 into .venv/rs274, for the tests that run our G-code in it. Nothing is installed:
# the package itself wants a desktop, the interpreter only a few libraries. Wherever this fails those tests are skipped.
set -u
cd "$(dirname "$0")/.."
to=$PWD/.venv/rs274
work=
if [ -x "$to/rs274" ] || command -v rs274 >/dev/null || ! command -v apt-get >/dev/null; then exit 0; fi
[ "$(id -u)" = 0 ] || exit 0
trap '[ -z "$work" ] || rm -rf "$work"' EXIT
work=$(mktemp -d)
mkdir "$work/root"

fetch() { (cd "$work" && apt-get -qq -o APT::Sandbox::User=root download "$@" >/dev/null 2>&1); }
needs() { apt-cache depends linuxcnc-uspace 2>/dev/null | sed -n "s/.*Depends: \\($1\\)\$/\\1/p" | head -n 1; }
apt-cache show linuxcnc-uspace >/dev/null 2>&1 || apt-get -qq update >/dev/null 2>&1
fetch linuxcnc-uspace || { apt-get -qq update >/dev/null 2>&1; fetch linuxcnc-uspace; } || exit 0
# what it is linked with, and a bare machine may lack
for library in "$(needs 'libboost-python[0-9.t]*')" "$(needs 'libpython3[0-9.t]*')" "$(needs 'libtirpc[0-9t]*')" \
    "$(needs 'libedit[0-9t]*')" libbsd0 libmd0; do
    [ -z "$library" ] || fetch "$library"
done
for package in "$work"/*.deb; do dpkg -x "$package" "$work/root" || exit 0; done

rm -rf "$to"
mkdir -p "$to/lib"
find "$work/root" -path '*/lib/*' -name '*.so*' ! -path '*/python*' ! -path '*/linuxcnc/*' \
    -exec cp -P {} "$to/lib" \;
cp "$work/root/usr/bin/rs274" "$to/interpreter" || exit 0
cat >"$to/rs274" <<'RUN'
#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
LD_LIBRARY_PATH=$here/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH} exec "$here/interpreter" "$@"
RUN
chmod +x "$to/rs274"
