import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'vitest'
import { madeOnce } from './made-once.ts'
import { passwordOf } from './protected-tree.ts'
import { type Ended, type Redoma, redomaAt } from './redoma.ts'

/** A host with an instance of its own, and a tree that is its source `tree`. */
export interface TestHost {
  readonly name: string
  readonly home: string
  readonly tree: string
  readonly redoma: Redoma
}

/** Two hosts that share the repository that the first one made. */
export interface TwoHosts extends AsyncDisposable {
  readonly path: string
  readonly repository: string
  readonly first: TestHost
  readonly second: TestHost
}

/** The first has backed up; the second has joined, and has not yet. Made once for all tests of a file. */
export async function twoHosts(): Promise<TwoHosts> {
  const folder = await joined()
  const [first, second] = ['pam-1', 'pam-2'].map((name) => hostAt(folder.path, name)) as [TestHost, TestHost]
  return {
    ...{ path: folder.path, repository: join(folder.path, 'copies-1', 'system'), first, second },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  }
}

const joined = madeOnce(async (path) => {
  const first = await aHost(path, 'pam-1')
  await must(first, ['destination', 'add', 'nas', '--local', join(path, 'copies-1')])
  await must(first, ['backup', 'create', '--only', 'system'])
  const second = await aHost(path, 'pam-2')
  const words = [...joining(path, join(path, 'copies-1', 'system')), '--password-file', '-']
  await must(second, words, await passwordOf(first.home))
})

/** As the second does it. */
export function joining(path: string, repository: string): string[] {
  return ['destination', 'add', 'nas', '--local', join(path, 'copies-2'), '--repository', repository]
}

export async function aHost(path: string, name: string): Promise<TestHost> {
  const host = hostAt(path, name)
  await mkdir(host.tree)
  await writeFile(join(host.tree, 'whose'), name)
  await must(host, ['init'])
  await must(host, ['source', 'add', 'tree', '--files', host.tree])
  return host
}

function hostAt(path: string, name: string): TestHost {
  const home = join(path, `home-${name}`)
  return { name, home, tree: join(path, `tree-${name}`), redoma: redomaAt(home, undefined, name) }
}

export async function must({ redoma }: TestHost, words: readonly string[], input?: string): Promise<Ended> {
  const ended = await redoma.run(words, input)
  expect({ words, ...ended }).toMatchObject({ words, code: 0 })
  return ended
}

/** Stock restic, with the password that this host has. */
export async function resticAt(
  { repository }: TwoHosts,
  home: string,
  words: readonly string[],
): Promise<string> {
  const env = { PATH: process.env['PATH'], RESTIC_PASSWORD: await passwordOf(home), TZ: 'UTC' }
  const { stdout } = await promisify(execFile)('restic', ['--repo', repository, '--no-cache', ...words], {
    env,
  })
  return stdout
}
