#!/bin/sh
# The first process in the kernel that boot-kernel.ts starts. The root is that of this machine; what is made here lies on RAM
# disks, which hide the machine's own folders of those names.
exec </dev/null >"$KERNEL_WORK/log" 2>&1
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mkdir -p /dev/pts /dev/shm
mount -t devpts devpts /dev/pts
for folder in /dev/shm /run /mnt /var/lib/nfs /lib/modules; do mount -t tmpfs tmpfs "$folder"; done
ln -sfn /proc/self/fd /dev/fd
ln -s /usr/lib/uml/modules/* /lib/modules/
ip link set lo up
for module in cifs nfsv4 nfsv3 nfsd; do modprobe "$module"; done
. "$KERNEL_WORK/command"
echo $? >"$KERNEL_WORK/status"
sync "$KERNEL_WORK"
# Off at once: a mount whose server is gone must not hold it up.
echo o >/proc/sysrq-trigger
sleep 60
