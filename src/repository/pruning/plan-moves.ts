import { type BlobCopy, copyAt, copyCount } from './every-copy.ts'
import type { Inventory } from './load-inventory.ts'
import type { UsedBlobs } from './mark-used.ts'
import type { PackFate } from './plan-prune.ts'
import { judgeCopies, type SoundCopies } from './sound-copies.ts'

/** What must be written anew before packs may go: blobs that are needed, and lie in no pack that stays. */
export interface Moves {
  /** All copies of them, pack by pack; packs of which nothing is needed come last, for blobs that no other gave whole. */
  packs(): Iterable<readonly BlobCopy[]>
  isWanted(blob: number): boolean
  done(blob: number): void
  /** How many are still wanted. */
  left(): number
}

/** @param sound a copy that stays, and is not known to be whole, does not count where another one is */
export function planMoves(
  inventory: Inventory,
  used: UsedBlobs,
  sound: SoundCopies,
  fates: readonly PackFate[],
): Moves {
  const wanted = wantedBlobs(inventory, used, sound, fates)
  let left = wanted.reduce((sum, flag) => sum + flag, 0)
  return {
    *packs() {
      const sorted = copiesByPack(inventory, wanted)
      for (const fate of ['repack', 'remove'] as const) {
        for (const copies of packByPack(inventory, sorted)) {
          if (fates[copies[0].place.pack] === fate) yield copies
        }
      }
    },
    isWanted: (blob) => wanted[blob] === 1,
    done(blob) {
      wanted[blob] = 0
      left--
    },
    left: () => left,
  }
}

function wantedBlobs(
  inventory: Inventory,
  used: UsedBlobs,
  sound: SoundCopies,
  fates: readonly PackFate[],
): Uint8Array {
  const isSound = judgeCopies(inventory, sound, () => everyCopy(inventory))
  const wanted = used.slice()
  for (const copy of everyCopy(inventory))
    if (fates[copy.place.pack] === 'keep' && isSound(copy)) wanted[copy.blob] = 0
  return wanted
}

function* everyCopy(inventory: Inventory): Generator<BlobCopy> {
  for (let number = 0; number < copyCount(inventory); number++) {
    const copy = copyAt(inventory, number)
    if (copy !== undefined) yield copy
  }
}

/** Numbers of the copies of what is wanted, in the order of packs. Numbers, since there may be millions. */
function copiesByPack(inventory: Inventory, wanted: Uint8Array): Uint32Array {
  const packs = new Uint32Array(copyCount(inventory))
  let count = 0
  const numbers = new Uint32Array(packs.length)
  for (let number = 0; number < packs.length; number++) {
    const copy = copyAt(inventory, number)
    if (copy === undefined || wanted[copy.blob] !== 1) continue
    packs[number] = copy.place.pack
    numbers[count++] = number
  }
  return numbers.subarray(0, count).sort((a, b) => (packs[a] ?? 0) - (packs[b] ?? 0))
}

function* packByPack(inventory: Inventory, sorted: Uint32Array): Generator<[BlobCopy, ...BlobCopy[]]> {
  let group: [BlobCopy, ...BlobCopy[]] | undefined
  for (const number of sorted) {
    const copy = copyAt(inventory, number)
    if (copy === undefined) continue
    if (group?.[0].place.pack === copy.place.pack) {
      group.push(copy)
      continue
    }
    if (group !== undefined) yield group
    group = [copy]
  }
  if (group !== undefined) yield group
}
