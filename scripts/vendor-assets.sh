#!/bin/sh
# Refreshes the third-party browser files in internal/web/static/vendor and
# internal/web/static/fonts from npm, at the versions that
# scripts/assets/package-lock.json names. The files are committed: nobody who
# builds or runs Tillwright needs npm. Run it after raising a version.
set -eu
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
static=$here/../internal/web/static
from=$here/assets/node_modules

(cd "$here/assets" && npm ci --ignore-scripts --no-audit --no-fund)

mkdir -p "$static/fonts" "$static/vendor"
for set in cyrillic cyrillic-ext latin latin-ext; do
  cp "$from/@fontsource-variable/golos-text/files/golos-text-$set-wght-normal.woff2" "$static/fonts/golos-$set.woff2"
done
for set in cyrillic latin latin-ext; do
  cp "$from/@fontsource-variable/jetbrains-mono/files/jetbrains-mono-$set-wght-normal.woff2" "$static/fonts/mono-$set.woff2"
done
cp "$from/@fontsource-variable/golos-text/LICENSE" "$static/fonts/LICENSE.golos-text.txt"
cp "$from/@fontsource-variable/jetbrains-mono/LICENSE" "$static/fonts/LICENSE.jetbrains-mono.txt"
cp "$from/htmx.org/dist/htmx.min.js" "$static/vendor/htmx.js"
cp "$from/htmx.org/LICENSE" "$static/vendor/LICENSE.htmx.txt"
cp "$from/idiomorph/dist/idiomorph.esm.js" "$static/vendor/idiomorph.js"
cp "$from/idiomorph/LICENSE" "$static/vendor/LICENSE.idiomorph.txt"
rm -rf "$here/assets/node_modules"
