import type { ObjectId } from '../ids.ts'

/** Which packs a check reads, and not only looks whether they are there. */
export type DataToRead =
  | { readonly kind: 'none' }
  | { readonly kind: 'all' }
  /** The `part`-th of `of` parts, 1 to `of`, at most 256: by the first byte of a pack's name, as restic has it. */
  | { readonly kind: 'part'; readonly part: number; readonly of: number }
  /** The packs of these slices: the first bytes of their names, 0 to 255. */
  | { readonly kind: 'slices'; readonly slices: readonly number[] }
  /** Packs by chance, until they have so much of all bytes. */
  | { readonly kind: 'share'; readonly percent: number }
  /** Packs by chance, up to so many bytes; one at least. */
  | { readonly kind: 'bytes'; readonly bytes: number }

/** Slices of a repository: as many as a byte has values. */
export const sliceCount = 256

interface ListedPack {
  readonly id: ObjectId
  /** In bytes. */
  readonly size: number
}

/**
 * The packs to read, in the order they were given.
 *
 * @param random gives numbers from 0 to below 1
 */
export function choosePacks<Pack extends ListedPack>(
  packs: readonly Pack[],
  choice: DataToRead,
  random: () => number,
): readonly Pack[] {
  switch (choice.kind) {
    case 'none':
      return []
    case 'all':
      return packs
    case 'part':
      return packs.filter(({ id }) => sliceOf(id) % choice.of === choice.part - 1)
    case 'slices': {
      const slices = new Set(choice.slices)
      return packs.filter(({ id }) => slices.has(sliceOf(id)))
    }
    case 'share':
      return byChance(packs, (bytesOf(packs) * choice.percent) / 100, random)
    case 'bytes':
      return byChance(packs, choice.bytes, random)
  }
}

/** By the first byte of a pack's name, which is a hash: so slices are equally large, and a pack stays in its own. */
export function sliceOf(pack: ObjectId): number {
  return Number.parseInt(pack.slice(0, 2), 16)
}

function byChance<Pack extends ListedPack>(
  packs: readonly Pack[],
  bytes: number,
  random: () => number,
): Pack[] {
  const shuffled = packs.map((pack) => ({ pack, at: random() })).toSorted((a, b) => a.at - b.at)
  const chosen: Pack[] = []
  let left = bytes
  for (const { pack } of shuffled) {
    if (chosen.length > 0 && pack.size > left) continue
    chosen.push(pack)
    left -= pack.size
  }
  return chosen
}

function bytesOf(packs: readonly ListedPack[]): number {
  return packs.reduce((sum, { size }) => sum + size, 0)
}
