#!/bin/sh
# The first process in the namespaces that boot.sh makes.
set -eu
mount -t tmpfs tmpfs /mnt
mkdir /mnt/upper /mnt/work /mnt/root
mount -t overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work overlay /mnt/root
cd /mnt/root
mount -t proc proc proc
# Read-only, as in a container: devices are not this systemd's.
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount --rbind /dev dev
mount -t tmpfs tmpfs run
mkdir run/work
mount --bind "$1" run/work
# As systemd itself makes it where it is not in a container: credentials come to services by it.
mount --make-rshared .
env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root chroot . sh -eux /run/work/prepare
exec env -i container=test PATH=/usr/sbin:/usr/bin \
  chroot . /lib/systemd/systemd --system --unit=redoma-test.target --log-target=console --show-status=no
