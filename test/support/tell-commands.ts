import { onTestFailed, TestRunner } from 'vitest'

interface Command {
  readonly words: readonly string[]
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

const mostTold = 3
const longestTold = 2000

const commands = new WeakMap<object, Command[]>()

/** Should the test fail that goes on, its error tells the last commands with what they printed: `toMatchObject({ code: 0 })` alone says only that it was another code. */
export function tellWhenFailed(command: Command): void {
  const test = TestRunner.getCurrentTest()
  if (test === undefined) return
  const known = commands.get(test)
  if (known !== undefined) {
    known.push(command)
    return
  }
  const all = [command]
  commands.set(test, all)
  onTestFailed(({ task }) => {
    const [error] = task.result?.errors ?? []
    if (error !== undefined) error.message += `\n\n${all.slice(-mostTold).map(lineOf).join('\n')}`
  })
}

function lineOf({ words, code, stdout, stderr }: Command): string {
  return `redoma ${words.join(' ')} ended with ${code}\nstdout: ${stdout.slice(0, longestTold)}\nstderr: ${stderr.slice(0, longestTold)}`
}
