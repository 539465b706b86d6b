import { randomInt } from 'node:crypto'
import type { Primitives } from '../../crypto/primitives.ts'
import { maxChunkBytes } from '../chunking/chunker.ts'
import type { Envelope } from '../envelope/envelope.ts'
import { appendBlob } from '../packs/append-blob.ts'
import {
  type FinishedPack,
  makePackBuilder,
  type PackBuilder,
  targetPackBytes,
} from '../packs/pack-builder.ts'
import type { BlobType } from '../packs/packed-blob.ts'
import { makeScratch } from '../packs/scratch.ts'

/** Chance decides which of the open packs takes a blob: sizes of packs must not tell sizes of chunks (eprint 2025/532). */
export const openCount = 2
/** Room for the longest chunk behind a pack that is nearly full, and for the header. Pages that are never written to cost nothing. */
export const packBufferBytes = targetPackBytes + maxChunkBytes + 1024 * 1024
const compressionLevel = 3

/** The packs of one type that are being filled. */
export interface OpenPacks {
  /** @throws RedomaError `VERIFICATION_FAILED` */
  add(id: Uint8Array, content: Uint8Array): void
  /** Publishes what is begun. */
  finish(): void
}

export function makeOpenPacks(
  type: BlobType,
  deps: {
    readonly primitives: Primitives
    readonly envelope: Envelope
    /** Memory of `packBufferBytes` for a pack, which goes away with it. */
    readonly takeBuffer: () => Uint8Array
    readonly publish: (pack: FinishedPack) => void
  },
): OpenPacks {
  const tools = { envelope: deps.envelope, primitives: deps.primitives, scratch: makeScratch() }
  const open: (PackBuilder | undefined)[] = Array.from({ length: openCount })

  const begin = (): PackBuilder =>
    makePackBuilder(type, deps.envelope, deps.primitives, targetPackBytes, deps.takeBuffer())

  return {
    add(id, content) {
      const which = randomInt(openCount)
      const pack = (open[which] ??= begin())
      appendBlob(pack, id, content, compressionLevel, tools)
      if (!pack.isFull) return
      open[which] = undefined
      deps.publish(pack.finish())
    },
    finish() {
      for (const pack of open.splice(0)) if (pack !== undefined) deps.publish(pack.finish())
    },
  }
}
