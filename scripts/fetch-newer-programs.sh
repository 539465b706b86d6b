#!/bin/sh
# Fetches newer releases of restic and age than this Debian has, for the tests alone: from Debian unstable, by the
# machine's own mirror, with a private sources list and state folder, so that nothing on the system changes. Each is
# one static binary, unpacked into FOLDER. Prints what it got.
set -eu
folder=${1:?usage: fetch-newer-programs.sh FOLDER}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
state=$(mktemp -d)
trap 'rm -rf "$state"' EXIT

mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 'Origin: Debian' | grep -v security | head -n 1)
[ -n "$mirror" ] || { echo "apt knows no Debian mirror" >&2; exit 1; }
mkdir -p "$state/lists/partial" "$state/cache/archives/partial" "$state/parts"
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror unstable main" > "$state/sources.list"
apt() {
  apt-get -q -q -o Dir::Etc::SourceList="$state/sources.list" -o Dir::Etc::SourceParts="$state/parts" \
    -o Dir::State::Lists="$state/lists" -o Dir::Cache="$state/cache" -o APT::Sandbox::User=root \
    -o Acquire::Languages=none -o Acquire::Retries=2 "$@"
}
apt update
cd "$state"
apt download restic age
for package in restic age; do
  dpkg-deb --fsys-tarfile "$package"_*.deb | tar -x -C "$state" ./usr/bin
done
# A rename last, so that a test never starts half a program.
for program in restic age age-keygen; do
  cp "$state/usr/bin/$program" "$folder/.$program.new"
  mv "$folder/.$program.new" "$folder/$program"
done
"$folder/restic" version
echo "age $("$folder/age" --version)"
