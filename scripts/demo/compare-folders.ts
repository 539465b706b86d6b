import { createHash } from 'node:crypto'
import { type BigIntStats, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'

export interface Comparison {
  readonly entries: number
  readonly bytes: number
  /** Paths below the folder that are missing, additional or different, and how. */
  readonly differences: readonly string[]
}

/** Compares two trees in all that a backup must keep: names, kinds, contents, modes, owners, times and links. */
export function compareFolders(original: string, copy: string): Comparison {
  const differences: string[] = []
  const before = describe(original)
  const after = describe(copy)
  for (const [path, facts] of before) {
    const other = after.get(path)
    if (other === undefined) differences.push(`${path}: missing`)
    else if (other !== facts) differences.push(`${path}: ${facts} became ${other}`)
  }
  for (const path of after.keys()) if (!before.has(path)) differences.push(`${path}: additional`)
  const sizes = [...before.values()].map((facts) => Number(/ size=(\d+)/.exec(facts)?.[1] ?? 0))
  return { entries: before.size, bytes: sizes.reduce((sum, size) => sum + size, 0), differences }
}

/** Facts of every entry, by its path; names are bytes, written as Latin-1 so that none is lost. */
function describe(root: string): Map<string, string> {
  const entries = new Map<string, string>()
  const firstPathOf = new Map<bigint, string>()
  const visit = (folder: Buffer, below: string): void => {
    for (const name of readdirSync(folder, { encoding: 'buffer' }).toSorted((a, b) => Buffer.compare(a, b))) {
      const path = Buffer.concat([folder, Buffer.from('/'), name])
      const shown = `${below}${name.toString('latin1')}`
      const facts = lstatSync(path, { bigint: true })
      const first = firstPathOf.get(facts.ino) ?? shown
      firstPathOf.set(facts.ino, first)
      entries.set(shown, factsOf(path, facts, first))
      if (facts.isDirectory()) visit(path, `${shown}/`)
    }
  }
  visit(Buffer.from(root), '')
  return entries
}

function factsOf(path: Buffer, facts: BigIntStats, first: string): string {
  const common = `mode=${facts.mode.toString(8)} owner=${facts.uid}:${facts.gid} time=${facts.mtimeNs}`
  if (facts.isSymbolicLink()) return `${common} to=${readlinkSync(path)}`
  if (!facts.isFile()) return common
  const sha256 = createHash('sha256').update(readFileSync(path)).digest('hex')
  return `${common} size=${facts.size} sha256=${sha256} same-as=${first}`
}
