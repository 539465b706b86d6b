import '../platform/no-compiling.ts'
import { isRedomaError, messageOf } from '../../core/errors.ts'
import { onScryptProgress } from '../platform/node-crypto.ts'
import type { Answer, CallMessage, CallName, SaidError } from '../protocol.ts'
import { makeVault } from './vault.ts'

/*
 * The worker of the page: holds the open bundle. It answers one call after the other; searching while all of the bundle is read is
 * answered in between.
 */

interface WorkerScope {
  postMessage(answer: Answer): void
  addEventListener(kind: 'message', listener: (event: { readonly data: CallMessage }) => void): void
}

const scope = globalThis as unknown as WorkerScope
let toldProgress = 0
onScryptProgress((done) => {
  if (done < 1 && done - toldProgress < 0.01) return
  toldProgress = done < 1 ? done : 0
  scope.postMessage({ kind: 'progress', done })
})

const calls = makeVault(() => performance.now()) as unknown as Readonly<
  Record<CallName, (...args: readonly unknown[]) => Promise<unknown>>
>

scope.addEventListener('message', ({ data }) => {
  answer(data).then(
    (value) => {
      scope.postMessage({ kind: 'value', id: data.id, value })
    },
    (error: unknown) => {
      scope.postMessage({ kind: 'error', id: data.id, error: saidError(error) })
    },
  )
})

async function answer({ name, args }: CallMessage): Promise<unknown> {
  return calls[name](...args)
}

function saidError(error: unknown): SaidError {
  if (!isRedomaError(error)) return { code: 'INTERNAL', message: messageOf(error), hint: undefined }
  return { code: error.code, message: error.message, hint: error.hint }
}
