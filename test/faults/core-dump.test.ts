import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, watch } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { generateIdentity } from '../../src/crypto/age/recipients.ts'
import { redomaAt } from '../support/redoma.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const launcher = fileURLToPath(new URL('../../bin/redoma', import.meta.url))

/** What the shell says of a program that ended by SIGABRT, where core dumps of any size are allowed. */
async function aborted(
  command: string,
  home: string,
  ready: (processId: number) => Promise<void>,
): Promise<string> {
  const script = `ulimit -c unlimited; cd '${home}'; ${command}; echo ended`
  const env = { PATH: process.env['PATH'] ?? '', HOME: home, REDOMA_HOME: home }
  const shell = spawn('bash', ['-c', script], { env, stdio: ['pipe', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [shell.stdout, shell.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (said += text))
  const ended = once(shell, 'close')
  const children = `/proc/${shell.pid ?? 0}/task/${shell.pid ?? 0}/children`
  await ready(shell.pid ?? 0)
  process.kill(Number(readFileSync(children, 'utf8').trim()), 'SIGABRT')
  await ended
  return said
}

function dumpsCores(): boolean {
  const script = `import os, resource, signal
child = os.fork()
if child == 0:
    resource.setrlimit(resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2)
    os.chdir(os.environ["DIR"])
    os.abort()
print(os.WCOREDUMP(os.waitpid(child, 0)[1]))`
  const made = execFileSync('mktemp', ['-d']).toString().trim()
  const answer = execFileSync('python3', ['-c', script], { env: { ...process.env, DIR: made } }).toString()
  execFileSync('rm', ['-r', made])
  return answer.trim() === 'True'
}

test.skipIf(!dumpsCores())(
  'a ceremony that is aborted with its secrets in memory leaves no core dump',
  { timeout: 600_000 },
  async () => {
    await using folder = await temporaryFolder()
    const home = join(folder.path, 'home')
    await redomaAt(home).run(['init'])
    const [out, { recipient }] = [join(folder.path, 'out'), await generateIdentity('classic')]
    mkdirSync(out)
    const seals = [1, 2].map((number) => `--seal ${number}=${recipient}`).join(' ')
    // It waits for the words of its shares on standard input, once they are sealed.
    const isSealed = async (): Promise<void> => {
      using watching = watched(out)
      while (!readdirSync(out).includes('share-2.age')) await watching.next()
    }

    const said = await aborted(
      `'${launcher}' glass ceremony --quorum 2/2 ${seals} --out '${out}'`,
      home,
      isSealed,
    )

    expect(said).toContain('Aborted')
    expect(said).not.toContain('core dumped')
    expect(readdirSync(home).filter((name) => name.includes('core'))).toEqual([])
  },
)

function watched(folder: string): Disposable & { next(): Promise<void> } {
  const watcher = watch(folder)
  let wake: () => void = () => undefined
  let isChanged = false
  watcher.on('change', () => {
    isChanged = true
    wake()
  })
  return {
    next: () =>
      new Promise((resolve) => {
        wake = resolve
        if (isChanged) resolve()
        isChanged = false
      }),
    [Symbol.dispose]: () => {
      watcher.close()
    },
  }
}
