#!/bin/sh
# Build the wheel of the last commit into a folder (dist): the same commit gives the same bytes, whatever the checkout's
# folder, file modes, left-overs of older builds, clock, time zone, language and umask are.
set -eu
out=$(mkdir -p "${1:-dist}" && cd "${1:-dist}" && pwd)
python=$(command -v "${PYTHON:-python}")
source=$(mktemp -d)
trap 'rm -rf "$source"' EXIT
umask 022
git archive HEAD | tar -x --no-same-permissions -C "$source"
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct) "$python" -m build --wheel --no-isolation --outdir "$out" "$source" >"$source.log" 2>&1 || {
  cat "$source.log" && exit 1
}
rm "$source.log"
sha256sum "$out"/tabayyun-*.whl
