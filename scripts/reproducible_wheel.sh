#!/bin/sh
# Prove that the wheel of the last commit is reproducible: two clones that differ in folder, file modes, left-overs, clock,
# time zone, language, hash seed and umask give the same bytes.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
umask 022
git clone --quiet . "$folder/one"
(cd "$folder/one" && TZ=UTC LC_ALL=C PYTHONHASHSEED=1 sh scripts/wheel.sh "$folder/a")
sleep 3 # a wheel's times have steps of two seconds
umask 077
git clone --quiet . "$folder/another place"
mkdir -p "$folder/another place/build/lib/tabayyun" && echo left over >"$folder/another place/build/lib/tabayyun/old.py"
(cd "$folder/another place" && TZ=Asia/Aden LC_ALL=C.UTF-8 PYTHONHASHSEED=2 sh scripts/wheel.sh "$folder/b")
cmp "$folder"/a/*.whl "$folder"/b/*.whl
echo "the same $(stat -c %s "$folder"/a/*.whl) bytes twice"
