import { execFileSync } from 'node:child_process'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { memoryFolder, temporaryFolder } from '../../../test/support/temporary-folder.ts'
import { type Mount, readMounts } from '../mounts/mount-table.ts'
import { findOnDisks } from './find-on-disks.ts'

const { signal } = new AbortController()
const disk = (point: string, but: Partial<Mount> = {}): Mount => ({
  ...{
    id: 1,
    device: '8:1',
    root: '/',
    point,
    type: 'ext4',
    source: '/dev/sda1',
    options: new Set<string>(),
  },
  ...but,
})
const enough = { except: [], milliseconds: 60_000, entries: 1_000_000 }

describe('the search on the own disks', () => {
  test('finds a name deep down, as a part of another, a folder, and below a name that is no UTF-8', async () => {
    await using folder = await temporaryFolder()
    const odd = Buffer.concat([Buffer.from(join(folder.path, 'a', '')), Buffer.from([0x2f, 0xff])])
    await mkdir(join(folder.path, 'a', 'b', 'c.token.d'), { recursive: true })
    await mkdir(odd)
    await writeFile(Buffer.concat([odd, Buffer.from('/x-hidden')]), '')
    const mounts = [disk(folder.path)]

    const found = await findOnDisks('token', { ...enough, mounts }, signal)
    const hidden = await findOnDisks('hidden', { ...enough, mounts }, signal)

    expect(found).toEqual({ kind: 'found', path: join(folder.path, 'a', 'b', 'c.token.d') })
    expect(hidden.kind).toBe('found')
    expect(await findOnDisks('nothing', { ...enough, mounts }, signal)).toEqual({ kind: 'not-found' })
  })

  test('goes through no link, into no folder that it is told of, and into no file system of others', async () => {
    await using folder = await temporaryFolder()
    await using away = await temporaryFolder()
    const at = (...names: string[]): string => join(folder.path, ...names)
    await symlink(away.path, at('link'))
    await mkdir(at('run'))
    await mkdir(at('nas'))
    for (const path of [at('run', 'token'), at('nas', 'token'), join(away.path, 'token')])
      await writeFile(path, '')
    const nas = disk(at('nas'), { type: 'nfs4', source: 'nas:/srv', device: '0:50' })
    const limits = { ...enough, mounts: [disk(folder.path), nas], except: [at('run')] }

    expect(await findOnDisks('token', limits, signal)).toEqual({ kind: 'not-found' })
  })

  test('looks at a file system once where all of it is seen, and at every part of it elsewhere', async () => {
    await using folder = await temporaryFolder()
    const at = (...names: string[]): string => join(folder.path, ...names)
    for (const name of ['whole', 'one', 'two']) await mkdir(at(name))
    await writeFile(at('one', 'of-one'), '')
    await writeFile(at('two', 'of-two'), '')
    const parts = [disk(at('one'), { root: '/x' }), disk(at('two'), { root: '/y' })]

    const all = { ...enough, mounts: [disk(at('whole')), ...parts] }
    expect(await findOnDisks('of-two', all, signal)).toEqual({ kind: 'not-found' })
    expect((await findOnDisks('of-two', { ...enough, mounts: parts }, signal)).kind).toBe('found')
    expect((await findOnDisks('of-one', { ...enough, mounts: parts }, signal)).kind).toBe('found')
  })

  test('does not claim what it had no time for, or could not count', async () => {
    await using folder = await temporaryFolder()
    await mkdir(join(folder.path, 'a', 'b', 'c', 'd'), { recursive: true })
    const mounts = [disk(folder.path)]

    expect(await findOnDisks('x', { ...enough, mounts, milliseconds: -1 }, signal)).toMatchObject({
      kind: 'unfinished',
    })
    expect(await findOnDisks('x', { ...enough, mounts, entries: 2 }, signal)).toMatchObject({
      kind: 'unfinished',
      why: 'there are more than 2 files',
    })
  })

  test.skipIf(process.getuid?.() !== 0)('does not claim what it may not read', async () => {
    await using folder = await temporaryFolder()
    execFileSync('chmod', ['711', folder.path])
    await mkdir(join(folder.path, 'closed'), { mode: 0o700 })
    const program = `
      const { findOnDisks } = await import(${JSON.stringify(import.meta.resolve('./find-on-disks.ts'))})
      const options = new Set()
      process.setuid(65534)
      const mounts = [{ id: 1, device: '8:1', root: '/', point: ${JSON.stringify(join(folder.path, 'closed'))}, type: 'ext4', source: '', options }]
      const limits = { mounts, except: [], milliseconds: 60000, entries: 100 }
      console.log(JSON.stringify(await findOnDisks('x', limits, new AbortController().signal)))`

    const said = execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' })

    expect(JSON.parse(said)).toEqual({ kind: 'unfinished', why: '1 folders cannot be read' })
  })

  test('finds what lies in memory by the mount table of this machine', async () => {
    await using folder = await memoryFolder()
    const token = `redoma-test-${process.pid}-${Date.now()}`
    await writeFile(join(folder.path, token), '')
    const mounts = (await readMounts()).filter(({ point, type }) => type === 'tmpfs' && point !== '/')

    const found = await findOnDisks(token, { ...enough, mounts }, signal)

    expect(found).toEqual({ kind: 'found', path: join(folder.path, token) })
  })
})
