import { randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

/** So many credentials with five former values each, as `redoma credential import` reads them; a text of 700 bytes each. */
export async function makeVault(path: string, count: number): Promise<void> {
  await pipeline(Readable.from(linesOf(count)), createWriteStream(path))
}

function* linesOf(count: number): Generator<string> {
  yield '{"schema":"redoma-credentials/1","credentials":['
  for (let number = 1; number <= count; number++) {
    yield `${number === 1 ? '' : ',\n'}${JSON.stringify(credential(number))}`
  }
  yield ']}'
}

function credential(number: number): object {
  const day = (index: number): string => new Date(Date.UTC(2026, 0, 1 + index)).toISOString()
  return {
    id: `credential-${number}`,
    title: `Router ${number} of the data centre`,
    kind: 'password',
    user: `operator${number % 50}`,
    secret: word(),
    host: `router-${number}.example.net`,
    port: 22,
    folder: `network/site ${number % 300}`,
    owner: `team ${number % 20}`,
    tags: ['production'],
    notes: `Rack ${number % 40}, unit ${number % 48}`,
    history: [5, 4, 3, 2, 1].map((index) => ({ secret: word(), until: day(index) })),
    createdAt: day(0),
    changedAt: day(5),
  }
}

function word(): string {
  return randomBytes(15).toString('base64')
}
