import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { handTurnedClock } from '../../../test/support/clock.ts'
import { seededBytes } from '../../../test/support/seeded-bytes.ts'
import { temporaryFolder } from '../../../test/support/temporary-folder.ts'
import { loadFileCalls } from '../../crypto/native.ts'
import { parseObjectName } from '../../ports/destination.ts'
import { localDestination } from './local-destination.ts'
import { pastCache } from './write-past-cache.ts'

const mebibyte = 1024 * 1024
const { signal } = new AbortController()
const random = seededBytes(1, 3 * mebibyte)

/** The same bytes, at the beginning of a page and so many bytes behind it. */
function inMemory(length: number, behind: number): Uint8Array {
  const memory = loadFileCalls().fromPage(new Uint8Array(4 * mebibyte))
  memory.set(random.subarray(0, length), behind)
  return memory.subarray(behind, behind + length)
}

test('objects of any length, from any place in memory, and in chunks of any length are what was put', async () => {
  await using folder = await temporaryFolder()
  const destination = localDestination(folder.path, handTurnedClock())
  for (const lengths of [[mebibyte], [mebibyte + 1], [2 * mebibyte + 4095, 5, mebibyte], [1, 2 * mebibyte]]) {
    for (const behind of [0, 1, 512]) {
      const name = parseObjectName(`objects/${lengths.join('-')}-${behind}`)
      const chunks = lengths.map((length) => inMemory(length, behind))
      const open = async function* (): AsyncIterable<Uint8Array> {
        yield* await Promise.resolve(chunks)
      }

      await destination.put(name, { open }, signal)

      expect(Buffer.concat(chunks).equals(await readFile(join(folder.path, name)))).toBe(true)
    }
  }
})

test('whole blocks are written past the page cache or left to be written through it, and said to be', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'file')
  for (const [length, position, most] of [
    [2 * mebibyte + 100, 0, 2 * mebibyte],
    [mebibyte, 4096, mebibyte],
    [mebibyte, 100, 0],
    [mebibyte - 1, 0, 0],
  ] as const) {
    await writeFile(path, new Uint8Array(position))

    await using past = pastCache(path)
    const written = await past.write(inMemory(length, 0), position)

    // Not every file system knows how to.
    expect([0, most]).toContain(written)
    expect(Buffer.from(random.subarray(0, written)).equals((await readFile(path)).subarray(position))).toBe(
      true,
    )
  }
})
