import { isBusy } from './failures.ts'
import { type Begun, beginProgram } from './run-program.ts'

/**
 * Runs of rsync that have begun, and wait at both sides for the names of what they are to move. To begin takes several times as long as
 * to move little: a session of SSH, Python for `rrsync`, two rsyncs that agree on a protocol.
 */
export interface Spares {
  /** That a run with these words will be asked for. */
  expect(words: readonly string[]): void
  /** Now that there is a connection: begins those that are expected. */
  begin(): void
  /** The one with these words, where it waits. It is expected no more. */
  take(words: readonly string[]): Begun | undefined
  /** The connection was lost: ends those that wait, which would not notice before they had something to move. They are expected again. */
  endAll(): void
  /** Ends those that wait, and begins no others: where one is let in at a time, they would be in the way. */
  readonly stop: () => void
}

interface Waiting {
  readonly words: readonly string[]
  readonly begun: Begun
  readonly timer: NodeJS.Timeout
}

/** The other side gives up one that says nothing for so long; and it holds on to the folder as it was when it began. */
const longestMs = 15_000

/** @param folder that they run in */
export function makeSpares(folder: string): Spares {
  const expected = new Map<string, readonly string[]>()
  const waiting = new Map<string, Waiting>()
  let isStopped = false

  function drop(key: string): Begun | undefined {
    expected.delete(key)
    const found = waiting.get(key)
    if (found === undefined) return undefined
    waiting.delete(key)
    clearTimeout(found.timer)
    return found.begun
  }

  function endAll(): void {
    for (const [key, { words }] of waiting) {
      drop(key)?.kill()
      expected.set(key, words)
    }
  }

  function stop(): void {
    isStopped = true
    endAll()
    expected.clear()
  }

  return {
    endAll,
    stop,
    expect(words) {
      const key = keyOf(words)
      if (waiting.get(key)?.begun.hasEnded() === true) drop(key)
      if (!isStopped && !waiting.has(key)) expected.set(key, words)
    },
    begin() {
      for (const [key, words] of expected) {
        expected.delete(key)
        const begun = beginProgram({ name: 'rsync', words, folder })
        const timer = setTimeout(() => drop(key)?.kill(), longestMs).unref()
        waiting.set(key, { words, begun, timer })
      }
    },
    take(words) {
      const found = drop(keyOf(words))
      if (found?.hasEnded() !== true) return found
      if (isBusy({ code: -1, output: '', complaints: found.complaints() })) stop()
      return undefined
    },
  }
}

function keyOf(words: readonly string[]): string {
  return words.join('\0')
}
