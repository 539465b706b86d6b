import { resolve } from 'node:path'
import type { Terminal } from './terminal.ts'
import { writeAll } from './write-all.ts'
import { writeFile } from './write-file.ts'

/** About what a pipe takes at once. */
const chunkCharacters = 64 * 1024

/** Writes a text to a file, in the place of an older one; without a file, to standard output. */
export async function writeReport(
  terminal: Terminal,
  file: string | undefined,
  text: AsyncIterable<string>,
  signal: AbortSignal,
): Promise<void> {
  await (file === undefined
    ? writeAll(terminal.stdout, encoded(text), signal)
    : writeFile(resolve(file), encoded(text), signal))
}

async function* encoded(text: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder()
  let waiting = ''
  for await (const part of text) {
    waiting += part
    if (waiting.length < chunkCharacters) continue
    yield encoder.encode(waiting)
    waiting = ''
  }
  yield encoder.encode(waiting)
}
