import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { ProtectedTree } from './protected-tree.ts'

/** `redoma serve`, as its own process. */
export interface Daemon extends AsyncDisposable {
  readonly child: ChildProcess
  said(): string
  /** Its exit code. */
  stop(): Promise<number | null>
}

/** When it serves. */
export async function serve(
  { redoma }: Pick<ProtectedTree, 'redoma'>,
  ...options: string[]
): Promise<Daemon> {
  const { child, ended } = redoma.start(['serve', ...options])
  let said = ''
  child.stderr?.on('data', (text: string) => (said += text))
  while (!said.includes('Serving')) {
    if (child.exitCode !== null) throw new Error(`it has ended: ${said}`)
    if (child.stderr !== null) await Promise.race([once(child.stderr, 'data'), ended])
  }
  const stop = async (): Promise<number | null> => {
    child.kill('SIGTERM')
    return (await ended).code
  }
  return {
    child,
    said: () => said,
    stop,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await ended
    },
  }
}
