import { parentPort, workerData } from 'node:worker_threads'
import { loadFileCalls, loadPrimitives } from '../../crypto/native.ts'
import { portableFileCalls, portablePrimitives } from '../../crypto/portable.ts'
import { shareBlobIndex } from '../blob-index/blob-index.ts'
import { makeEnvelope } from '../envelope/envelope.ts'
import { borrowBuffer } from '../threads/shared-buffers.ts'
import { endWhenStopping } from '../threads/stopping.ts'
import { failureOf } from '../threads/thread-failure.ts'
import { makeArchiver } from './archiver.ts'
import type { ArchiveSetup, FromArchiveThread, ToArchiveThread } from './messages.ts'

/*
 * The program of a thread that archives: it reads, cuts, hashes, looks up, compresses, seals and packs files, and gives
 * packs and nodes to the main thread.
 */

const setup = workerData as ArchiveSetup
const primitives = setup.primitives === 'native' ? loadPrimitives() : portablePrimitives()
const fileCalls = setup.fileCalls === 'native' ? loadFileCalls() : portableFileCalls()
const { buffers } = setup.packBuffers

const { archiveFile, finish } = makeArchiver({
  primitives,
  fileCalls,
  envelope: makeEnvelope(setup.masterKey, primitives),
  chunkerPolynomial: setup.chunkerPolynomial,
  blobIndex: shareBlobIndex(setup.blobIndex),
  withAccessTimes: setup.withAccessTimes,
  takeBuffer: () => fileCalls.fromPage(new Uint8Array(borrowBuffer(setup.packBuffers))),
  publish: (pack) => {
    const buffer = buffers.findIndex((one) => one === pack.bytes.buffer)
    parentPort?.postMessage({ kind: 'pack', pack, buffer } satisfies FromArchiveThread)
  },
  onRead: endWhenStopping,
})

function answer(message: ToArchiveThread): FromArchiveThread {
  switch (message.kind) {
    case 'archive':
      return { kind: 'archived', files: message.paths.map((path) => archiveFile(path)) }
    case 'finish':
      finish()
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
