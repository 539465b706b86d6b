#!/bin/sh
# `npm run demo`: installs the packages that are needed, then plays the main job, for real, in ./demo.
set -eu
cd "$(dirname "$0")/.."
. scripts/install.sh
node scripts/build-openers.ts
node scripts/build-packages.ts
exec node scripts/demo.ts
