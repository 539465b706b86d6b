#!/bin/sh
# `npm test`: installs what the checks and tests need, runs all of them, and ends with one line that counts.
#
# As root on Debian it installs Debian packages too; elsewhere it says what is missing, and the tests that need it are
# skipped. With CI set, a needed program that is missing is a failure. SLOW=1 runs the long variants.
set -eu
cd "$(dirname "$0")/.."
. scripts/install.sh

# program=package, as Debian names them
needed="restic=restic age=age unzip=unzip keepassxc-cli=keepassxc getfattr=attr getfacl=acl setcap=libcap2-bin \
ssh-keygen=openssh-client python3=python3 script=bsdutils strace=strace \
linux.uml=user-mode-linux smbd=samba mount.cifs=cifs-utils mount.nfs=nfs-common rpc.nfsd=nfs-kernel-server rpcbind=rpcbind modprobe=kmod ip=iproute2 setquota=quota mkfs.ext4=e2fsprogs \
ceph-mon=ceph-mon ceph-osd=ceph-osd ceph-mgr=ceph-mgr ceph=ceph-common radosgw=radosgw \
sshd=openssh-server rsync=rsync rrsync=rsync chromium=chromium firefox-esr=firefox-esr \
zbarimg=zbar-tools pdftoppm=poppler-utils rsyslogd=rsyslog rsyslogd=rsyslog-gnutls exim4=exim4-daemon-light \
nginx=nginx-light promtool=prometheus systemd-analyze=systemd lintian=lintian man=man-db psql=postgresql mariadbd=mariadb-server-core mariadb-dump=mariadb-client"
cache=${XDG_CACHE_HOME:-$HOME/.cache}/redoma/test-programs

missing_packages() {
  for pair in $needed; do
    # /sbin is not on everyone's PATH, and setcap lives there.
    PATH=$PATH:/usr/sbin:/sbin command -v "${pair%%=*}" >/dev/null || printf '%s ' "${pair##*=}"
  done
}

packages=$(missing_packages)
if [ -n "$packages" ] && [ "$(id -u)" = 0 ] && [ -f /etc/debian_version ]; then
  echo "Installing Debian packages for the tests: $packages"
  export DEBIAN_FRONTEND=noninteractive
  apt-get -qq update && apt-get -qq install --no-install-recommends -y $packages >/dev/null
fi
if [ ! -x "$cache/age-keygen" ] && [ "$(id -u)" = 0 ] && [ -f /etc/debian_version ]; then
  echo "Fetching newer releases of restic and age for the tests ..."
  sh scripts/fetch-newer-programs.sh "$cache" || echo "They could not be fetched."
fi

packages=$(missing_packages)
[ -x "$cache/age-keygen" ] || packages="$packages newer-restic-and-age"
if [ -n "$packages" ]; then
  echo "Missing, so tests that need them are skipped: $packages"
  [ -z "${CI:-}" ] || { echo "error: CI must not skip them" >&2; exit 1; }
fi
PATH=$PATH:/usr/sbin:/sbin
export PATH

node scripts/build-openers.ts
node scripts/build-packages.ts
exec node scripts/run-tests.ts
