import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import { compareTrees } from './compare-trees.ts'
import { passwordOf } from './protected-tree.ts'
import { type Redoma, redomaAt } from './redoma.ts'
import { sampleVaultPath } from './sample-vault.ts'
import { seededBytes } from './seeded-bytes.ts'

const recordings = fileURLToPath(new URL('../vectors/recordings', import.meta.url))
const mebibyte = 1024 * 1024

interface Part {
  readonly job: string
  readonly source: string
  readonly outcome: { readonly kind: string }
  readonly figures: { readonly itemsNew: number; readonly bytesStored: number }
}

export interface WholeStory {
  /** Where `beginStory` was. */
  readonly path: string
  /** Words after `destination add NAME`. */
  readonly place: readonly string[]
  /** Before the destination is added: a credential for it. */
  readonly before?: (redoma: Redoma) => Promise<void>
  /** Without what takes longest, for a machine that is slow: all three jobs are in it, too. */
  readonly isShort?: boolean
  /** At the end: what a stock program says of the repository, whose password this is. */
  readonly stock: (password: string) => Promise<void>
}

/** What comes before there is a destination: an instance with all kinds of sources, and a recovery key. */
export async function beginStory(path: string): Promise<void> {
  const redoma = redomaAt(join(path, 'home'))
  const tree = join(path, 'tree')
  await mkdir(tree)
  await writeFile(join(path, 'password'), 'seldom-Quartz 71 anvil_harbour\n', { mode: 0o600 })
  await must(redoma, 'init')
  await must(redoma, 'credential', 'import', sampleVaultPath)
  await must(redoma, 'source', 'add', 'tree', '--files', tree)
  await must(redoma, 'source', 'add', 'sessions', '--recordings', recordings, '--settle', '0')
  const ceremony = ['glass', 'ceremony', '--password-file', join(path, 'password')]
  await must(redoma, ...ceremony, '--out', join(path, 'ceremony'))
}

/**
 * All three jobs to one destination by the real program, where a story began: first and second run, everything verified, restored, thinned out and
 * verified again.
 */
export async function tellWholeStory({
  path,
  place,
  before,
  isShort = false,
  stock,
}: WholeStory): Promise<Redoma> {
  const [tree, home] = [join(path, 'tree'), join(path, 'home')]
  const redoma = redomaAt(home)
  const treeMebibytes = isShort ? 3 : 8
  for (let n = 0; n < treeMebibytes; n++) await writeFile(join(tree, `${n}`), seededBytes(n, mebibyte))
  await before?.(redoma)
  await must(redoma, 'destination', 'add', 'far', ...place)
  if (!isShort) await must(redoma, 'destination', 'test', 'far')

  const first = partsOf(await must(redoma, 'backup', 'create', '--json'))
  expect(new Set(first.map(({ job }) => job))).toEqual(new Set(['secrets', 'system', 'recordings']))
  expect(first.filter(({ outcome }) => outcome.kind !== 'done')).toEqual([])
  expect(storedOf(first, 'tree')).toBeGreaterThan(treeMebibytes * mebibyte * 0.9)

  await writeFile(join(tree, '0'), seededBytes(1000, mebibyte))
  const second = partsOf(await must(redoma, 'backup', 'create', '--json'))
  expect(storedOf(second, 'tree')).toBeLessThan(2 * mebibyte)
  expect(second.filter(({ job, figures }) => job === 'recordings' && figures.itemsNew > 0)).toEqual([])
  if (!isShort) await must(redoma, 'backup', 'verify', '--read-data')

  await must(redoma, 'restore', 'latest', '--source', 'tree', '--to', join(path, 'restored'))
  expect(compareTrees(tree, join(path, 'restored', tree))).toEqual([])

  await must(redoma, 'backup', 'forget', '--keep-last', '1', '--prune', '--max-unused', '0', '--yes')
  await must(redoma, 'backup', 'verify', '--read-data')
  await stock(await passwordOf(home))
  return redoma
}

async function must(redoma: Redoma, ...words: readonly string[]): Promise<string> {
  const ended = await redoma.run(words)
  expect(ended.code, `${words.join(' ')}: ${ended.stdout}${ended.stderr}`).toBe(0)
  return ended.stdout
}

function partsOf(stdout: string): readonly Part[] {
  return (JSON.parse(stdout) as { readonly parts: readonly Part[] }).parts
}

function storedOf(parts: readonly Part[], source: string): number {
  const found = parts.find((part) => part.source === source)
  if (found === undefined) throw new Error(`the run has no part for ${source}`)
  return found.figures.bytesStored
}
