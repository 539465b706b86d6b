import type { Peek, ScanEnd } from './peek.ts'

/** Lines longer than this are handed on cut: what is looked for stands at their beginning. */
const keptBytes = 512

/** Feeds the beginning of each line of a file to `onLine`, without its line feed. */
export async function scanLines(
  peek: Peek,
  onLine: (line: string) => void,
  signal: AbortSignal,
): Promise<ScanEnd> {
  let held = ''
  const add = (bytes: Buffer): void => {
    if (held.length < keptBytes) held += bytes.toString('latin1', 0, keptBytes - held.length)
  }
  const end = await peek.scan((chunk) => {
    let start = 0
    for (let feed = chunk.indexOf(10); feed !== -1; feed = chunk.indexOf(10, start)) {
      add(chunk.subarray(start, feed))
      onLine(held)
      held = ''
      start = feed + 1
    }
    add(chunk.subarray(start))
    return undefined
  }, signal)
  if (held !== '') onLine(held)
  return end
}

/** The first line, if it ends within what is given. */
export function firstLine(head: Buffer): string | undefined {
  const feed = head.indexOf(10)
  if (feed !== -1) return head.toString('utf8', 0, feed)
  return undefined
}

/** The last line that is not empty, as far as it is in `tail`. */
export function lastLine(tail: Buffer): string | undefined {
  return tail.toString('utf8').trimEnd().split('\n').at(-1)
}

/** `undefined` for what is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
