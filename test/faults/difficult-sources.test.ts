import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { memoryDestination } from '../../src/destinations/memory.ts'
import type { ObjectName } from '../../src/ports/destination.ts'
import { backUp } from '../../src/repository/archiving/back-up.ts'
import { initRepository } from '../../src/repository/open.ts'
import { restore } from '../../src/repository/restoring/restore.ts'
import { listSnapshots } from '../../src/repository/snapshots/list-snapshots.ts'
import { programMissing } from '../support/programs.ts'
import { aBackup, aRestore, placeAt, placeOf, testPassword } from '../support/repositories.ts'
import { seededBytes } from '../support/seeded-bytes.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const signal = new AbortController().signal
const quiet = (): void => undefined
const nobody = 65534
const isRoot = process.geteuid?.() === 0

function check(at: string): string {
  const env = { ...process.env, RESTIC_PASSWORD: testPassword }
  return execFileSync('restic', ['-r', at, '--no-cache', 'check', '--read-data'], { env, encoding: 'utf8' })
}

describe.skipIf(programMissing('restic'))('a backup of what cannot be read', () => {
  test.skipIf(!isRoot)('goes on without files and folders that it may not read, and lists them', async () => {
    await using folder = await temporaryFolder()
    const source = join(folder.path, 'source')
    const at = join(folder.path, 'repository')
    for (const path of [source, at, join(source, 'closed'), join(source, 'open')]) mkdirSync(path)
    for (const name of ['closed/x', 'open/x', 'secret']) writeFileSync(join(source, name), name)
    for (const name of ['closed', 'secret']) chmodSync(join(source, name), 0)
    chmodSync(folder.path, 0o755)
    chownSync(at, nobody, nobody)
    process.seteuid?.(nobody)
    let problems: readonly { readonly path: string }[]
    try {
      const repository = await initRepository(placeAt(at), signal)
      problems = (await backUp(repository, aBackup([source]), quiet, signal)).problems
    } finally {
      process.seteuid?.(0)
    }

    expect(problems.map(({ path }) => path).toSorted()).toEqual([
      join(source, 'closed'),
      join(source, 'secret'),
    ])
    expect(check(at)).toContain('no errors were found')
  })

  test('says how much it read of a file that is longer than it says, and lists one that the disk fails on', async () => {
    await using folder = await temporaryFolder()
    const at = join(folder.path, 'repository')
    const target = join(folder.path, 'target')
    mkdirSync(at)
    const repository = await initRepository(placeAt(at), signal)

    // The kernel says of the first that it is empty, and of the second that its beginning is EIO.
    const { snapshotId, problems } = await backUp(
      repository,
      aBackup(['/proc/version', '/proc/self/mem']),
      quiet,
      signal,
    )
    await restore(repository, snapshotId, aRestore(target), quiet, signal)

    expect(problems.map(({ path, message }) => `${path} ${message}`).toSorted()).toEqual([
      '/proc/self/mem cannot be read: the disk reports an error',
      '/proc/version changed while it was read',
    ])
    expect(readFileSync(join(target, 'proc/version'))).toEqual(readFileSync('/proc/version'))
    expect(statSync(join(target, 'proc/version')).size).toBeGreaterThan(0)
    expect(check(at)).toContain('no errors were found')
  })
})

describe('a run that is cancelled midway', () => {
  test('ends soon, makes no snapshot, leaves no lock, and the next one works; so does a restore', async () => {
    await using folder = await temporaryFolder()
    const source = join(folder.path, 'source')
    const target = join(folder.path, 'target')
    mkdirSync(source)
    for (let n = 0; n < 600; n++) writeFileSync(join(source, `file-${n}`), seededBytes(n, 50_000))
    const objects = new Map<ObjectName, Uint8Array>()
    const repository = await initRepository(placeOf(memoryDestination(objects)), signal)
    const stop = (): { signal: AbortSignal; onEvent: () => void } => {
      const controller = new AbortController()
      const onEvent = (): void => {
        controller.abort(new Error('enough'))
      }
      return { signal: controller.signal, onEvent }
    }

    const first = stop()
    const begun = performance.now()
    await expect(backUp(repository, aBackup([source]), first.onEvent, first.signal)).rejects.toThrow('enough')
    expect(performance.now() - begun).toBeLessThan(5000)
    expect((await listSnapshots(repository, signal)).snapshots).toEqual([])
    expect([...objects.keys()].filter((name) => name.startsWith('locks/'))).toEqual([])

    const { snapshotId } = await backUp(repository, aBackup([source]), quiet, signal)
    const second = stop()
    const request = aRestore(target, { path: source })
    await expect(restore(repository, snapshotId, request, second.onEvent, second.signal)).rejects.toThrow(
      'enough',
    )
    expect(readdirSync(target).filter((name) => name.startsWith('.redoma-'))).toEqual([])
    expect((await restore(repository, snapshotId, request, quiet, signal)).problems).toEqual([])
  })
})
