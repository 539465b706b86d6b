import type { FileCalls } from '../../crypto/file-calls.ts'
import type { Primitives } from '../../crypto/primitives.ts'
import type { BlobIndex } from '../blob-index/blob-index.ts'
import { makeChunker } from '../chunking/chunker.ts'
import type { Envelope } from '../envelope/envelope.ts'
import { systemAccountNames } from '../files/account-names.ts'
import { makeReadNode } from '../files/read-node.ts'
import type { FinishedPack } from '../packs/pack-builder.ts'
import { type ArchiveFile, makeArchiveFile } from './archive-file.ts'
import { makeOpenPacks } from './open-packs.ts'

/** All that it takes to archive files on one thread. */
export interface Archiver {
  readonly archiveFile: ArchiveFile
  /** Publishes the packs that are begun. */
  readonly finish: () => void
}

export function makeArchiver(deps: {
  readonly primitives: Primitives
  readonly fileCalls: FileCalls
  readonly envelope: Envelope
  readonly chunkerPolynomial: bigint
  readonly blobIndex: BlobIndex
  readonly withAccessTimes: boolean
  readonly takeBuffer: () => Uint8Array
  readonly publish: (pack: FinishedPack) => void
  readonly onRead: () => void
}): Archiver {
  const packs = makeOpenPacks('data', deps)
  const chunker = makeChunker(deps.chunkerPolynomial)
  const readNode = makeReadNode({ ...deps, accounts: systemAccountNames() })
  return {
    archiveFile: makeArchiveFile({ ...deps, packs, chunker, readNode }),
    finish: () => {
      packs.finish()
    },
  }
}
