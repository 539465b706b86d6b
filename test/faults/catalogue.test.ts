import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { createInstance } from '../../src/catalogue/create-instance.ts'
import { openCatalogue } from '../../src/catalogue/open-catalogue.ts'
import { collectBytes } from '../../src/core/bytes.ts'
import { isRedomaError } from '../../src/core/errors.ts'
import { handTurnedClock } from '../support/clock.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const clock = handTurnedClock()
const rounds = process.env['SLOW'] === undefined ? 20 : 200

describe('a catalogue whose writer is killed', () => {
  test('is whole afterwards, and has every put that was acknowledged', async () => {
    await using folder = await temporaryFolder()
    await createInstance(folder.path, 'test', clock)
    const latest = new Map<string, number>()
    let next = 0

    for (let round = 0; round < rounds; round++) {
      const acknowledged = await killedWriter(folder.path, next)
      for (const number of acknowledged) latest.set(String(number % 500), number)
      next = (acknowledged.at(-1) ?? next) + 1
      expect(damageOf(folder.path)).toEqual([{ integrity_check: 'ok' }])
      await expectAll(folder.path, latest, next)
    }

    expect(next).toBeGreaterThan(rounds)
  })
})

describe('an init that is killed', () => {
  test('leaves an instance or none, and can be run again', async () => {
    await using folder = await temporaryFolder()
    const script = `
      import { createInstance } from '${new URL('../../src/catalogue/create-instance.ts', import.meta.url).href}'
      await createInstance(process.argv[1], 'killed', { now: () => new Date(0) })`

    for (let round = 0; round < rounds; round++) {
      const home = join(folder.path, String(round))
      await killed(['--input-type=module', '--eval', script, home], randomInt(150, 500))
      await createInstance(home, 'again', clock).catch((error: unknown) => {
        if (!isRedomaError(error, 'INSTANCE_EXISTS')) throw error
      })
      const catalogue = await openCatalogue({ home, clock })
      expect(['killed', 'again']).toContain(catalogue.instance.name)
      await catalogue.close()
      expect(await readdir(home)).toEqual(expect.arrayContaining(['catalogue.sqlite', 'instance.key']))
    }
  })
})

/** The numbers that a writer said are safe before it was killed. */
async function killedWriter(home: string, first: number): Promise<number[]> {
  const writer = new URL('catalogue-writer.ts', import.meta.url).pathname
  const output = await killed([writer, home, String(first)], randomInt(20, 200), 'when it has begun')
  // The last line may be cut off: what was not said whole was not acknowledged.
  return output.split('\n').slice(0, -1).map(Number)
}

async function killed(words: string[], milliseconds: number, begin?: 'when it has begun'): Promise<string> {
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] })
  const closed = once(child, 'close')
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString()
  })
  if (begin !== undefined) await once(child.stdout, 'data')
  await setTimeout(milliseconds)
  child.kill('SIGKILL')
  await closed
  return output
}

function damageOf(home: string): unknown[] {
  const database = new DatabaseSync(join(home, 'catalogue.sqlite'))
  try {
    return database.prepare('pragma integrity_check').all()
  } finally {
    database.close()
  }
}

async function expectAll(home: string, latest: ReadonlyMap<string, number>, next: number): Promise<void> {
  const catalogue = await openCatalogue({ home, clock })
  try {
    const [run] = await catalogue.runs.list(1)
    expect(run?.state).toEqual({ kind: 'lost' })
    const found = new Map<string, number>()
    for await (const record of catalogue.credentials.records()) {
      const number = Number(record.fields[0]?.value.reveal())
      expect(record.secret?.reveal()).toBe(`secret ${number}`)
      found.set(record.id, number)
    }
    // One more may be there: it was written, and the writer killed before it could say so.
    found.delete(found.get(String(next % 500)) === next ? String(next % 500) : '')
    const expected = new Map(latest)
    expected.delete(String(next % 500))
    for (const [id, number] of expected) expect(found.get(id)).toBe(number)
    await expectAttachment(catalogue.credentials, [...expected.keys()].at(-1))
  } finally {
    await catalogue.close()
  }
}

type Credentials = Awaited<ReturnType<typeof openCatalogue>>['credentials']

async function expectAttachment(credentials: Credentials, id: string | undefined): Promise<void> {
  if (id === undefined) return
  const { attachments } = await credentials.get(id)
  for (const attachment of attachments) {
    expect(await collectBytes(attachment.open(), 300_000)).toHaveLength(300_000)
  }
}
