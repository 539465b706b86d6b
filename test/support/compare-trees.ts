import { createHash } from 'node:crypto'
import { type BigIntStats, constants, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { loadFileCalls } from '../../src/crypto/native.ts'

/** What of two trees may differ. */
export interface ComparisonLimits {
  /** Paths from the roots that only the first has. */
  readonly onlyInFirst?: readonly string[]
}

const calls = loadFileCalls()

/**
 * Everything that differs between two trees, a line each: names, types, contents, permissions, owners, times to the
 * nanosecond, attributes, link targets, devices, and which names are one file. The roots themselves are compared too.
 */
export function compareTrees(first: string, second: string, limits: ComparisonLimits = {}): string[] {
  const ours = new Map(describeTree(first))
  for (const path of limits.onlyInFirst ?? []) ours.delete(path)
  return compareDescriptions(ours, describeTree(second))
}

/** A line for each path that differs. */
export function compareDescriptions(ours: TreeDescription, theirs: TreeDescription): string[] {
  const differences: string[] = []
  for (const path of new Set([...ours.keys(), ...theirs.keys()])) {
    const [a, b] = [ours.get(path), theirs.get(path)]
    if (a !== b) differences.push(`${JSON.stringify(path)}:\n  ${a ?? 'missing'}\n  ${b ?? 'missing'}`)
  }
  return differences
}

/** All that a restore must bring back, a line a path; paths begin at the root, one character a byte. */
export type TreeDescription = ReadonlyMap<string, string>

export function describeTree(root: string): TreeDescription {
  const entries = new Map<string, string>()
  const firstNames = new Map<bigint, string>()
  const visit = (path: string): void => {
    const bytes = Buffer.concat([Buffer.from(root), Buffer.from(path, 'latin1')])
    const stat = lstatSync(bytes, { bigint: true })
    if (stat.isSocket()) return
    const sameAs = firstNames.get(stat.ino) ?? path
    if (!stat.isDirectory()) firstNames.set(stat.ino, sameAs)
    entries.set(path, `${describeEntry(bytes, stat)} same as ${JSON.stringify(sameAs)}`)
    if (!stat.isDirectory()) return
    for (const name of readdirSync(bytes, 'latin1').sort()) visit(`${path}/${name}`)
  }
  visit('')
  return entries
}

function describeEntry(path: Buffer, stat: BigIntStats): string {
  const parts = [
    `mode ${stat.mode.toString(8)}`,
    `owner ${stat.uid}:${stat.gid}`,
    `modified ${stat.mtimeNs}`,
    `attributes ${attributesOf(path)}`,
  ]
  if (stat.isFile()) parts.push(`size ${stat.size}`, `content ${hashOf(path)}`)
  if (stat.isSymbolicLink()) parts.push(`to ${readlinkSync(path, 'latin1')}`)
  if (stat.isCharacterDevice() || stat.isBlockDevice()) parts.push(`device ${stat.rdev}`)
  return parts.join(', ')
}

function attributesOf(path: Buffer): string {
  if (!calls.extendedAttributes) return ''
  return calls
    .listExtendedAttributes(path)
    .map(
      (name) =>
        `${Buffer.from(name).toString()}=${Buffer.from(calls.getExtendedAttribute(path, name)).toString('hex')}`,
    )
    .sort()
    .join(' ')
}

function hashOf(path: Buffer): string {
  const content = readFileSync(path, { flag: constants.O_RDONLY | constants.O_NOFOLLOW })
  return createHash('sha256').update(content).digest('hex')
}
