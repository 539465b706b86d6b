import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'vitest'
import { passwordOf } from './protected-tree.ts'
import { type Ended, type Redoma, redomaAt } from './redoma.ts'
import { temporaryFolder } from './temporary-folder.ts'

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

/** The first has backed up; the second has joined, and has not yet. */
export async function twoHosts(): Promise<TwoHosts> {
  const folder = await temporaryFolder()
  const { path } = folder
  const first = await aHost(path, 'pam-1')
  await must(first, ['destination', 'add', 'nas', '--local', join(path, 'copies-1')])
  await must(first, ['backup', 'create', '--only', 'system'])
  const repository = join(path, 'copies-1', 'system')
  const second = await aHost(path, 'pam-2')
  const words = [...joining(path, repository), '--password-file', '-']
  await must(second, words, await passwordOf(first.home))
  return { path, repository, first, second, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() }
}

/** As the second does it. */
export function joining(path: string, repository: string): string[] {
  return ['destination', 'add', 'nas', '--local', join(path, 'copies-2'), '--repository', repository]
}

export async function aHost(path: string, name: string): Promise<TestHost> {
  const home = join(path, `home-${name}`)
  const tree = join(path, `tree-${name}`)
  await mkdir(tree)
  await writeFile(join(tree, 'whose'), name)
  const host = { name, home, tree, redoma: redomaAt(home, undefined, name) }
  await must(host, ['init'])
  await must(host, ['source', 'add', 'tree', '--files', tree])
  return host
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
