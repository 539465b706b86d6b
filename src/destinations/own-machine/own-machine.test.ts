import { execFileSync } from 'node:child_process'
import { mkdir, symlink } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { blockDisk, loopRefused } from '../../../test/support/block-disk.ts'
import { temporaryFolder } from '../../../test/support/temporary-folder.ts'
import { ownMachine } from './own-machine.ts'

const { signal } = new AbortController()
const machine = ownMachine()

/** Mounted for a test. */
function mounted(point: string, ...words: string[]): Disposable {
  execFileSync('mount', [...words, point])
  return { [Symbol.dispose]: () => execFileSync('umount', [point]) }
}

describe('this machine', () => {
  test('has names and addresses, and resolves as its programs do', async () => {
    expect(machine.self().names).toContain(hostname())
    expect(machine.self().addresses).toContain('127.0.0.1')
    expect(await machine.addressesOf('localhost')).toContain('127.0.0.1')
    expect(await machine.addressesOf('127.1')).toEqual(['127.0.0.1'])
    expect(await machine.addressesOf('2130706433')).toEqual(['127.0.0.1'])
    expect(await machine.addressesOf('::ffff:127.0.0.1')).toEqual(['::ffff:127.0.0.1'])
    expect(await machine.addressesOf('nobody.invalid')).toEqual([])
  })

  test('knows the file system of a folder through a symbolic link as its own, and none of what is not there', async () => {
    await using folder = await temporaryFolder()
    const link = join(folder.path, 'link')
    await symlink('/dev/shm', link)

    expect(await machine.fileSystemOf(link, signal)).toMatchObject({ type: 'tmpfs', servers: undefined })
    expect(await machine.fileSystemOf(join(folder.path, 'nothing'), signal)).toBeUndefined()
  })

  test.skipIf(loopRefused())('knows bind mounts, loop devices, tmpfs and overlays as its own', async () => {
    await using folder = await temporaryFolder()
    await using disk = await blockDisk(8)
    const at = (name: string): string => join(folder.path, name)
    for (const name of ['bound', 'memory', 'over', 'upper', 'work']) await mkdir(at(name))
    await mkdir(join(disk.path, 'copies'))
    using mounts = new DisposableStack()
    mounts.use(mounted(at('bound'), '--bind', join(disk.path, 'copies')))
    // A source says what whoever mounted it liked.
    mounts.use(mounted(at('memory'), '-t', 'tmpfs', 'nas:/srv'))
    const layers = `lowerdir=${disk.path},upperdir=${at('upper')},workdir=${at('work')}`
    mounts.use(mounted(at('over'), '-t', 'overlay', '-o', layers, 'overlay'))

    const paths = [join(disk.path, 'copies'), ...['bound', 'memory', 'over'].map(at)]
    const found = await Promise.all(paths.map((path) => machine.fileSystemOf(path, signal)))

    expect(found.map((one) => [one?.type, one?.servers])).toEqual([
      ['ext4', undefined],
      ['ext4', undefined],
      ['tmpfs', undefined],
      ['overlay', undefined],
    ])
    expect(found[1]?.source).toMatch(/^\/dev\/loop/)
    expect(await machine.isMounted(at('bound'))).toBe(true)
    expect(await machine.isMounted(at('upper'))).toBe(false)
  })
})
