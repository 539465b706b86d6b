import type { Answer, CallMessage, CallName, Calls, SaidError } from '../protocol.ts'

/** Replaced by the build: the worker, as one script. */
declare const WORKER_SOURCE: string

/** An error of the worker. */
export class SaidFailure extends Error {
  readonly said: SaidError

  constructor(said: SaidError) {
    super(said.message)
    this.said = said
  }
}

/** The page's side of the vault. */
export interface VaultClient {
  call<Name extends CallName>(name: Name, ...args: Parameters<Calls[Name]>): ReturnType<Calls[Name]>
  /** Ends the worker, and with it all that it had in memory. What was asked is never answered. */
  close(): void
}

interface Waiting {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
}

export function startVault(onProgress: (done: number) => void): VaultClient {
  const worker = startWorker()
  const waiting = new Map<number, Waiting>()
  let lastId = 0
  worker.addEventListener('message', ({ data }: MessageEvent<Answer>) => {
    if (data.kind === 'progress') {
      onProgress(data.done)
      return
    }
    const asked = waiting.get(data.id)
    waiting.delete(data.id)
    if (data.kind === 'value') asked?.resolve(data.value)
    else asked?.reject(new SaidFailure(data.error))
  })
  // Where the worker itself dies: of memory, usually.
  worker.addEventListener('error', ({ message }) => {
    const said: SaidError = { code: 'INTERNAL', message, hint: undefined }
    for (const { reject } of waiting.values()) reject(new SaidFailure(said))
    waiting.clear()
  })
  return {
    call: (name, ...args) => {
      lastId += 1
      const message: CallMessage = { id: lastId, name, args }
      const answered = new Promise<unknown>((resolve, reject) => {
        waiting.set(message.id, { resolve, reject })
      })
      worker.postMessage(message)
      return answered as ReturnType<Calls[typeof name]>
    },
    close() {
      worker.terminate()
      waiting.clear()
    },
  }
}

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): { createScriptURL(url: string): string }
}

/** The one place where the page makes code of a text: of its own. Where the browser has trusted types, no other may. */
function startWorker(): Worker {
  const url = URL.createObjectURL(new Blob([WORKER_SOURCE], { type: 'text/javascript' }))
  const { trustedTypes } = globalThis as { readonly trustedTypes?: TrustedTypes }
  policy ??= trustedTypes?.createPolicy('opener', { createScriptURL: (ours) => ours })
  const worker = new Worker(policy === undefined ? url : policy.createScriptURL(url))
  worker.addEventListener(
    'message',
    () => {
      URL.revokeObjectURL(url)
    },
    { once: true },
  )
  return worker
}

let policy: ReturnType<TrustedTypes['createPolicy']> | undefined
