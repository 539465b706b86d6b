import type { Terminal } from './terminal.ts'

/**
 * Does `work` on the terminal's other screen, which has no history to scroll back to, and wipes it before the first one comes back. Where a
 * terminal has only one, that is cleared.
 */
export async function onPrivateScreen<T>({ stderr }: Terminal, work: () => Promise<T>): Promise<T> {
  stderr.write(`${otherScreen}${cleared}`)
  try {
    return await work()
  } finally {
    stderr.write(`${cleared}${firstScreen}`)
  }
}

const otherScreen = '\u001b[?1049h'
const firstScreen = '\u001b[?1049l'
const cleared = '\u001b[H\u001b[2J'
