import type { Secret } from '../core/secret.ts'
import type { FileCalls } from '../crypto/file-calls.ts'
import type { Primitives } from '../crypto/primitives.ts'
import type { Clock } from '../ports/clock.ts'
import type { Destination } from '../ports/destination.ts'
import type { RepositoryConfig } from './config/config.ts'
import type { Envelope } from './envelope/envelope.ts'
import type { SealingKey } from './envelope/sealing-key.ts'
import type { ObjectId } from './ids.ts'
import type { Fence } from './locks/fence.ts'
import type { Locking } from './locks/locking.ts'

/** Where a repository is, and what opens it. */
export interface RepositoryPlace {
  readonly destination: Destination
  /** Of every object's name: `''`, or ending in `/`. */
  readonly prefix: string
  readonly password: Secret
  /** Id of the key file that it opens, where it is known: tried first, as each one tried takes a tenth of a second. */
  readonly key?: string | undefined
  readonly clock: Clock
  /** Those of the thread that calls; workers load their own of the same kind. */
  readonly primitives: Primitives
  readonly fileCalls: FileCalls
  /** What is to be other than usual when it is locked: as this process, without patience. */
  readonly locking?: Partial<Locking> | undefined
}

/** An open repository: its objects, and the keys to them. */
export interface Repository extends Disposable {
  /** Behind the fence: nothing is put or removed under a lock that may be lost. */
  readonly destination: Destination
  readonly prefix: string
  readonly clock: Clock
  readonly primitives: Primitives
  readonly fileCalls: FileCalls
  readonly config: RepositoryConfig
  readonly masterKey: SealingKey
  /** The key file that has opened it. */
  readonly keyId: ObjectId
  /** Of the main thread. */
  readonly envelope: Envelope
  readonly locking: Locking
  readonly fence: Fence
  /** Wipes the keys: the repository is of no use any more. */
  [Symbol.dispose](): void
}

/** Something that went wrong with one file, while the work went on. */
export interface FileProblem {
  /** As text: bytes that are not UTF-8 are shown as U+FFFD. */
  readonly path: string
  readonly message: string
}

/** What backup, restore and check say while they run. */
export type RepositoryEvent =
  | {
      readonly kind: 'progress'
      /** What `files` and `totalFiles` count; files, where nothing is said. */
      readonly counted?: 'packs' | 'folders' | 'snapshots'
      readonly files: number
      readonly bytes: number
      readonly totalFiles?: number | undefined
      readonly totalBytes?: number | undefined
    }
  | { readonly kind: 'problem'; readonly problem: FileProblem }
  /** What a restore that only looks would do with one entry. */
  | {
      readonly kind: 'entry'
      readonly path: string
      readonly action: 'write' | 'keep' | 'delete'
      readonly bytes: number
    }

export type OnRepositoryEvent = (event: RepositoryEvent) => void
