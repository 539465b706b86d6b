#!/bin/sh
# Installs the packages of package-lock.json when they are missing or others. Sourced by demo.sh and test.sh; afterwards
# PATH begins with the project's own programs, Node.js 24 among them.
if ! cmp -s package-lock.json node_modules/.installed-lock; then
  command -v npm >/dev/null || { echo "error: npm is not installed. try: apt-get install nodejs npm" >&2; exit 1; }
  echo "Installing the packages that Redoma needs (npm ci) ..."
  npm ci --no-audit --no-fund --loglevel=error
  cp package-lock.json node_modules/.installed-lock
fi
PATH=$PWD/node_modules/.bin:$PATH
export PATH
