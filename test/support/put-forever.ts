import { localDestination } from '../../src/destinations/local/local-destination.ts'
import { parseObjectName } from '../../src/ports/destination.ts'

/** A program to be killed: puts objects into the folder named, each of one byte repeated, telling when it began one. */
const [path = ''] = process.argv.slice(2)
const destination = localDestination(path, { now: () => new Date(0) })
const { signal } = new AbortController()
const pieceBytes = 64 * 1024
const pieces = 64

async function* slowly(value: number): AsyncGenerator<Uint8Array> {
  for (let piece = 0; piece < pieces; piece++) {
    yield new Uint8Array(pieceBytes).fill(value)
    if (piece === 1) process.stdout.write('.')
  }
}

for (let round = 0; ; round++) {
  const body = { size: pieces * pieceBytes, open: () => slowly(round % 256) }
  await destination.put(parseObjectName(`folder/${round % 5}`), body, signal)
  await destination.flush(signal)
}
