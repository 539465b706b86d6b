import { parentPort, workerData } from 'node:worker_threads'
import { loadFileCalls, loadPrimitives } from '../../crypto/native.ts'
import { portableFileCalls, portablePrimitives } from '../../crypto/portable.ts'
import { shareBlobIndex } from '../blob-index/blob-index.ts'
import { makeChunker } from '../chunking/chunker.ts'
import { makeEnvelope } from '../envelope/envelope.ts'
import { systemAccountNames } from '../files/account-names.ts'
import { makeReadNode } from '../files/read-node.ts'
import { borrowBuffer } from '../threads/shared-buffers.ts'
import { endWhenStopping } from '../threads/stopping.ts'
import { failureOf } from '../threads/thread-failure.ts'
import { makeArchiveFile } from './archive-file.ts'
import type { ArchiveSetup, FromArchiveThread, ToArchiveThread } from './messages.ts'
import { makeOpenPacks } from './open-packs.ts'

/*
 * The program of a thread that archives: it reads, cuts, hashes, looks up, compresses, seals and packs files, and gives
 * packs and nodes to the main thread.
 */

const setup = workerData as ArchiveSetup
const primitives = setup.primitives === 'native' ? loadPrimitives() : portablePrimitives()
const fileCalls = setup.fileCalls === 'native' ? loadFileCalls() : portableFileCalls()
const blobIndex = shareBlobIndex(setup.blobIndex)
const { buffers } = setup.packBuffers

const packs = makeOpenPacks('data', {
  primitives,
  envelope: makeEnvelope(setup.masterKey, primitives),
  takeBuffer: () => fileCalls.fromPage(new Uint8Array(borrowBuffer(setup.packBuffers))),
  publish: (pack) => {
    const buffer = buffers.findIndex((one) => one === pack.bytes.buffer)
    parentPort?.postMessage({ kind: 'pack', pack, buffer } satisfies FromArchiveThread)
  },
})
const archiveFile = makeArchiveFile({
  primitives,
  chunker: makeChunker(setup.chunkerPolynomial),
  blobIndex,
  packs,
  fileCalls,
  onRead: endWhenStopping,
  readNode: makeReadNode({
    fileCalls,
    accounts: systemAccountNames(),
    withAccessTimes: setup.withAccessTimes,
  }),
})

function answer(message: ToArchiveThread): FromArchiveThread {
  switch (message.kind) {
    case 'archive':
      return { kind: 'archived', files: message.paths.map((path) => archiveFile(path)) }
    case 'finish':
      packs.finish()
      return { kind: 'finished' }
  }
}

parentPort?.on('message', (message: ToArchiveThread) => {
  endWhenStopping()
  try {
    parentPort?.postMessage(answer(message))
  } catch (error) {
    parentPort?.postMessage(failureOf(error))
  }
})
