import { open } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../../../test/support/temporary-folder.ts'
import {
  findMount,
  isNetworkFileSystem,
  mountAt,
  mountOfOpen,
  parseMounts,
  readMounts,
} from './mount-table.ts'

const table = parseMounts(
  [
    '22 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw,errors=remount-ro',
    '30 22 0:28 /sub /mnt/two\\040words rw,nosuid - cifs //nas/a\\040share rw,vers=3.1.1,seal',
    `31 22 0:29 / /mnt/Gr${Buffer.from('öß').toString('latin1')}e rw - nfs4 [::1]:/x rw,softerr`,
    '32 30 0:30 / /mnt/two\\040words ro shared:1 master:2 - tmpfs tmpfs rw\\054,mode=700',
    '',
  ].join('\n'),
)

describe('the mount table', () => {
  test('is read with blanks and other letters in its names, and with any number of fields in the middle', () => {
    expect(table.map(({ id, device, point, type, source }) => [id, device, point, type, source])).toEqual([
      [22, '254:1', '/', 'ext4', '/dev/vda1'],
      [30, '0:28', '/mnt/two words', 'cifs', '//nas/a share'],
      [31, '0:29', '/mnt/Größe', 'nfs4', '[::1]:/x'],
      [32, '0:30', '/mnt/two words', 'tmpfs', 'tmpfs'],
    ])
    expect([...(table[1]?.options ?? [])]).toEqual(['rw', 'nosuid', 'vers=3.1.1', 'seal'])
  })

  test('has at a place what was mounted there last', () => {
    expect(mountAt(table, '/mnt/two words')?.id).toBe(32)
    expect(mountAt(table, '/mnt')).toBeUndefined()
  })

  test('of this machine has the root, and the mount of any folder and of anything open', async () => {
    await using folder = await temporaryFolder()
    await using file = await open(folder.path)

    const mount = await findMount(folder.path)

    expect(mountAt(await readMounts(), '/')).toBeDefined()
    expect(folder.path.startsWith(mount.point)).toBe(true)
    expect(await mountOfOpen(file)).toEqual(mount)
    await expect(findMount(`${folder.path}/nothing`)).rejects.toMatchObject({ code: 'ENOENT' })
  })
})

test.each([
  ['cifs', true],
  ['nfs4', true],
  ['fuse.sshfs', true],
  ['fuse.glusterfs', true],
  ['ext4', false],
  ['fuse.ntfs-3g', false],
  ['tmpfs', false],
])('whether %s is the file system of another machine: %s', (type, expected) => {
  expect(isNetworkFileSystem(type)).toBe(expected)
})
