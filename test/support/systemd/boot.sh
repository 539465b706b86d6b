#!/bin/sh
# Boots systemd as the first process of namespaces of its own, on a copy of this machine that is gone with it: with no network, and in a
# control group of its own. $1: a folder, which is /run/work there; "prepare" in it is run before, in that root.
set -eu
tree=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
group=$tree/redoma-test-$$
mkdir "$group"
trap 'find "$group" -depth -type d -exec rmdir {} \;' EXIT
unshare --pid --fork --kill-child --mount --uts --ipc --net sh -euc '
  echo 0 > "$2/cgroup.procs"
  exec unshare --cgroup sh "$3" "$1"
' sh "$1" "$group" "$(dirname "$0")/enter.sh"
