import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { collectBytes } from '../../src/core/bytes.ts'
import { localDestination } from '../../src/destinations/local/local-destination.ts'
import { bodyOf, parseObjectName } from '../../src/ports/destination.ts'
import { handTurnedClock } from '../support/clock.ts'
import { memoryDisk } from '../support/memory-disk.ts'
import { mountRefused } from '../support/mounting.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const { signal } = new AbortController()
const clock = handTurnedClock()
const mebibyte = 1024 * 1024
const isRoot = process.getuid?.() === 0

describe.skipIf(mountRefused())('a local destination on a small disk', () => {
  test('says that the disk is full, leaves nothing half-written, and goes on when there is room', async () => {
    await using disk = await memoryDisk(8)
    const destination = localDestination(disk.path, clock)
    const put = (name: string, size: number): Promise<void> =>
      destination.put(parseObjectName(name), bodyOf(new Uint8Array(size)), signal)
    await put('a/first', 3 * mebibyte)

    await expect(put('a/second', 8 * mebibyte)).rejects.toMatchObject({ code: 'DESTINATION_FULL' })
    expect(await readdir(join(disk.path, 'a'))).toEqual(['first'])
    await destination.remove(parseObjectName('a/first'), signal)
    await put('a/second', 6 * mebibyte)
    await destination.flush(signal)
  })

  test('says that the disk is read-only', async () => {
    await using disk = await memoryDisk(8)
    const destination = localDestination(disk.path, clock)
    await destination.put(parseObjectName('there'), bodyOf(Buffer.from('x')), signal)
    disk.makeReadOnly()

    const readOnly = { code: 'DESTINATION_READ_ONLY' }
    const body = bodyOf(Buffer.from('x'))
    await expect(destination.put(parseObjectName('new'), body, signal)).rejects.toMatchObject(readOnly)
    await expect(destination.remove(parseObjectName('there'), signal)).rejects.toMatchObject(readOnly)
    const read = await collectBytes(destination.get(parseObjectName('there'), undefined, signal), 10)
    expect(Buffer.from(read).toString()).toBe('x')
  })
})

describe('a local destination', () => {
  test.skipIf(isRoot)('says that it may not write', async () => {
    await using folder = await temporaryFolder()
    await chmod(folder.path, 0o500)
    const put = localDestination(folder.path, clock).put(
      parseObjectName('x'),
      bodyOf(Buffer.from('x')),
      signal,
    )

    await expect(put).rejects.toMatchObject({ code: 'DESTINATION_FORBIDDEN' })
  })

  test('whose writer is killed at any moment never lists half an object', async () => {
    await using folder = await temporaryFolder()
    const destination = localDestination(folder.path, clock)
    for (let round = 0; round < 20; round++) {
      await killAWriter(folder.path, round * 3)

      for await (const { name, size } of destination.list('', signal)) {
        const bytes = await collectBytes(destination.get(name, undefined, signal), 8 * mebibyte)
        expect([name, size, new Set(bytes).size]).toEqual([name, 4 * mebibyte, 1])
      }
    }
    // It was in the middle of something at least once.
    const left = await readdir(join(folder.path, 'folder'))
    expect(left.filter((name) => name.startsWith('.tmp-')).length).toBeGreaterThan(0)
  })
})

/** Starts a program that puts objects, and kills it some time after it began to write one. */
async function killAWriter(path: string, afterMs: number): Promise<void> {
  const program = join(import.meta.dirname, '../support/put-forever.ts')
  const writer = spawn(process.execPath, [program, path], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(writer, 'exit')
  await once(writer.stdout, 'data')
  await setTimeout(afterMs)
  writer.kill('SIGKILL')
  await ended
}
