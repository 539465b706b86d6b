import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { RecordingFacts } from '../../src/recordings/formats/format.ts'
import { readFacts } from '../../src/recordings/formats/read-facts.ts'
import { findRecordings, openRecordingsFolder } from '../../src/recordings/source/find-recordings.ts'
import { recordingVectors } from '../support/recordings-set-up.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const { signal } = new AbortController()
const runs = process.env['SLOW'] === undefined ? 60 : 2000

/** Sample files that make one recording. */
const samples: readonly (readonly [string, readonly string[]])[] = [
  ['asciicast', ['asciinema-v2.cast']],
  ['asciicast with a sidecar', ['bastion.cast', 'bastion.json']],
  ['Guacamole', ['guacamole/22222222-2222-4333-8444-555555555555/recording']],
  ['ttyrec', ['one.ttyrec']],
  ['compressed ttyrec', ['two.ttyrec.gz']],
  ['tlog', ['tlog.ndjson']],
  ['classic script', ['script-classic.log', 'script-classic.timing']],
  ['advanced script', ['script-advanced.in', 'script-advanced.out', 'script-advanced.timing']],
  ['sudo', ['log', 'log.json', 'timing', 'ttyout'].map((name) => `sudo-io/nobody/20261122/00/00/01/${name}`)],
]

describe('altered recordings', () => {
  test.each(samples)('%s: facts or “opaque”, never an error', async (_, names) => {
    await using folder = await temporaryFolder()
    const originals = await Promise.all(names.map((name) => readFile(join(recordingVectors, name))))
    for (const name of names) await mkdir(dirname(join(folder.path, name)), { recursive: true })
    const changes = fc.array(fc.tuple(fc.nat(names.length - 1), change), { maxLength: 4 })
    const property = fc.asyncProperty(changes, async (changed) => {
      for (const [index, name] of names.entries()) {
        const mine = changed.filter(([file]) => file === index).map(([, one]) => one)
        const original: Uint8Array = originals[index] ?? Buffer.alloc(0)
        await writeFile(join(folder.path, name), mine.reduce(alter, original))
      }
      for (const facts of await factsOf(folder.path)) expectSound(facts)
    })
    await fc.assert(property, { numRuns: runs })
  })

  test('a small file that unpacks to gigabytes is given up on, in little memory', async () => {
    await using folder = await temporaryFolder()
    const head = gzipSync('{"version":2,"width":80,"height":24}\n')
    const zeros = gzipSync(Buffer.alloc(64 * 1024 * 1024))
    await writeFile(
      join(folder.path, 'bomb.cast.gz'),
      Buffer.concat([head, ...Array.from({ length: 32 }, () => zeros)]),
    )
    const before = process.memoryUsage().rss

    const [facts] = await factsOf(folder.path)

    expect(facts).toMatchObject({ format: 'asciicast-v2', durationSeconds: undefined })
    expect(process.memoryUsage().rss - before).toBeLessThan(300 * 1024 * 1024)
  })

  test('deep and endless JSON is no recording, and no crash', async () => {
    await using folder = await temporaryFolder()
    const endless = `{"version":2,"width":1,"height":1,"title":"${'x'.repeat(5_000_000)}"}\n`
    await writeFile(join(folder.path, 'deep.cast'), '{"version":2,"a":'.padEnd(200_000, '['))
    await writeFile(join(folder.path, 'deep.json'), `{"start":${'['.repeat(30_000)}`)
    await writeFile(
      join(folder.path, 'nested.cast'),
      '{"version":2,"width":1,"height":1,"timestamp":1795378620}\n',
    )
    await writeFile(
      join(folder.path, 'nested.json'),
      `{"start":1,"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`,
    )
    await writeFile(join(folder.path, 'endless.cast'), endless)

    const found = await factsOf(folder.path)

    expect(found.map((facts) => facts.format).toSorted()).toEqual(['asciicast-v2', 'opaque', 'opaque'])
    for (const facts of found) expectSound(facts)
  })
})

interface Change {
  readonly kind: 'flip' | 'cut' | 'repeat' | 'insert' | 'replace'
  /** Where, from 0 (beginning) to 1 (end). */
  readonly at: number
  readonly length: number
  readonly bytes: Uint8Array
}

const unit = { min: 0, noNaN: true } as const
const nasty = ['1e999', '-1', '[[[[', '"', '\n', '{}', '999999999999', '\0', '+99999', '4.sync,9.999999999;']
const change: fc.Arbitrary<Change> = fc.record({
  kind: fc.constantFrom('flip', 'cut', 'repeat', 'insert', 'replace'),
  // Headers are at the beginning, and that is where decisions are made.
  at: fc.oneof(fc.double({ ...unit, max: 0.02 }), fc.double({ ...unit, max: 1 })),
  length: fc.integer({ min: 1, max: 3000 }),
  bytes: fc.oneof(
    fc.uint8Array({ maxLength: 12 }),
    fc.constantFrom(...nasty.map((text) => Buffer.from(text))),
  ),
})

function alter(original: Uint8Array, { kind, at, length, bytes }: Change): Uint8Array {
  const offset = Math.floor(at * original.length)
  const [before, after] = [original.subarray(0, offset), original.subarray(offset)]
  switch (kind) {
    case 'flip':
      return original.map((byte, index) => (index === offset ? byte ^ (1 << (length % 8)) : byte))
    case 'cut':
      return before
    case 'repeat':
      return Buffer.concat([before, after.subarray(0, length), after])
    case 'insert':
      return Buffer.concat([before, bytes, after])
    case 'replace':
      return Buffer.concat([before, bytes, after.subarray(bytes.length)])
  }
}

async function factsOf(path: string): Promise<RecordingFacts[]> {
  const folder = await openRecordingsFolder(path)
  const found: RecordingFacts[] = []
  const onProblem = (_: string, error: unknown): void => {
    throw new Error('a folder could not be read', { cause: error })
  }
  for await (const recording of findRecordings(folder, onProblem, signal))
    found.push(await readFacts(folder, recording, signal))
  return found
}

function expectSound(facts: RecordingFacts): void {
  const { startedAt, durationSeconds } = facts
  if (startedAt !== undefined) expect(Number.isNaN(startedAt.getTime())).toBe(false)
  if (durationSeconds !== undefined) expect(durationSeconds).toBeGreaterThanOrEqual(0)
  expect(JSON.stringify(facts).length).toBeLessThan(1024 * 1024)
}
