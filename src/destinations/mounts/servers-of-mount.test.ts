import { expect, test } from 'vitest'
import { serversOfMount } from './servers-of-mount.ts'

test.each([
  ['cifs', '//nas.example.com/backup', 'rw,addr=192.0.2.7', ['nas.example.com', '192.0.2.7']],
  ['cifs', '//nas/a share', 'rw', ['nas']],
  [
    'smb3',
    '//2001-db8--1.ipv6-literal.net/x',
    'addr=2001:db8::1',
    ['2001-db8--1.ipv6-literal.net', '2001:db8::1'],
  ],
  ['nfs4', 'nas:/srv/copies', 'vers=4.2,clientaddr=192.0.2.1,addr=192.0.2.7', ['nas', '192.0.2.7']],
  ['nfs4', '[2001:db8::7]:/srv', 'addr=2001:db8::7', ['2001:db8::7']],
  ['nfs4', '[fe80::1%eth0]:/srv:2', 'rw', ['fe80::1%eth0']],
  ['nfs', '192.0.2.7:/srv', 'mountaddr=192.0.2.8,addr=192.0.2.7', ['192.0.2.7', '192.0.2.8']],
  ['nfs', 'nas:/', 'rw', ['nas']],
  ['fuse.sshfs', 'redoma@nas:copies', 'rw', ['nas']],
  ['fuse.sshfs', 'redoma@nas:', 'rw', ['nas']],
  ['fuse.sshfs', 'redoma@[::1]:/srv', 'rw', ['::1']],
  ['davfs', 'https://me@dav.example.com:8443/files', 'rw', ['dav.example.com']],
  ['ceph', '192.0.2.1:6789,192.0.2.2:6789:/', 'rw', ['192.0.2.1', '192.0.2.2']],
  ['ceph', '[2001:db8::1]:6789,[2001:db8::2]:6789:/a', 'rw', ['2001:db8::1', '2001:db8::2']],
  ['ceph', 'admin@0b0c.fs=/', 'mon_addr=192.0.2.1:6789/192.0.2.2:6789', ['192.0.2.1', '192.0.2.2']],
  ['fuse.glusterfs', 'gluster-1:/vol', 'rw', ['gluster-1']],
  ['lustre', '192.0.2.1@tcp:192.0.2.2@tcp:/fs', 'rw', ['192.0.2.1', '192.0.2.2']],
  ['9p', 'hostshare', 'trans=virtio', []],
  ['fuse.s3fs', 's3fs', 'rw', []],
])('who serves %s of %s with %s', (type, source, options, expected) => {
  expect(serversOfMount({ type, source, options: new Set(options.split(',')) })).toEqual(expected)
})

test.each(['ext4', 'tmpfs', 'overlay', 'fuse.ntfs-3g', 'fuseblk'])('nobody else serves %s', (type) => {
  const source = 'nas:/srv'
  expect(serversOfMount({ type, source, options: new Set() })).toBeUndefined()
})
