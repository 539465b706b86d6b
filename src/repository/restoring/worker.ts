import { parentPort, workerData } from 'node:worker_threads'
import { loadFileCalls, loadPrimitives } from '../../crypto/native.ts'
import { portableFileCalls, portablePrimitives } from '../../crypto/portable.ts'
import { makeEnvelope } from '../envelope/envelope.ts'
import { endWhenStopping } from '../threads/stopping.ts'
import { failureOf } from '../threads/thread-failure.ts'
import type { RestoreSetup, ToRestoreThread } from './messages.ts'
import { makeWriteFiles } from './write-files.ts'

/* The program of a thread that restores: it opens blobs out of parts of packs, and writes them into files. */

const setup = workerData as RestoreSetup
const primitives = setup.primitives === 'native' ? loadPrimitives() : portablePrimitives()
const fileCalls = setup.fileCalls === 'native' ? loadFileCalls() : portableFileCalls()
const envelope = makeEnvelope(setup.masterKey, primitives)
const writeFiles = makeWriteFiles({ envelope, primitives, fileCalls, mark: setup.mark })

parentPort?.on('message', (message: ToRestoreThread) => {
  endWhenStopping()
  try {
    parentPort?.postMessage(writeFiles(message))
  } catch (error) {
    parentPort?.postMessage(failureOf(error))
  }
})
