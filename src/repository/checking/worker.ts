import { parentPort, workerData } from 'node:worker_threads'
import { loadPrimitives } from '../../crypto/native.ts'
import { portablePrimitives } from '../../crypto/portable.ts'
import { makeEnvelope } from '../envelope/envelope.ts'
import { endWhenStopping } from '../threads/stopping.ts'
import { failureOf } from '../threads/thread-failure.ts'
import type { CheckSetup, PackToVerify } from './messages.ts'
import { makeVerifyPack } from './verify-pack.ts'

/* The program of a thread that verifies packs. */

const setup = workerData as CheckSetup
const primitives = setup.primitives === 'native' ? loadPrimitives() : portablePrimitives()
const verifyPack = makeVerifyPack(makeEnvelope(setup.masterKey, primitives), primitives)

parentPort?.on('message', (message: PackToVerify) => {
  endWhenStopping()
  try {
    parentPort?.postMessage(verifyPack(message))
  } catch (error) {
    parentPort?.postMessage(failureOf(error))
  }
})
