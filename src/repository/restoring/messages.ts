import type { FileCalls } from '../../crypto/file-calls.ts'
import type { Primitives } from '../../crypto/primitives.ts'
import type { SealingKey } from '../envelope/sealing-key.ts'
import type { Metadata } from '../files/apply-metadata.ts'
import type { RawPath } from '../files/raw-path.ts'
import type { BlobId } from '../ids.ts'
import type { PackedBlob } from '../packs/packed-blob.ts'
import type { Target } from './held-folders.ts'
import type { Overwrite } from './request.ts'

export interface RestoreSetup {
  readonly masterKey: SealingKey
  readonly primitives: Primitives['name']
  readonly fileCalls: FileCalls['name']
  /** For the names of files that are not whole yet: see temporary-path.ts. */
  readonly mark: string
}

/** A file to write. */
export interface FileToWrite {
  /** The restore's number for it. */
  readonly number: number
  readonly path: RawPath
  readonly size: number
  /** Given when all of its content is in this message, or was written before. */
  readonly metadata: Metadata | undefined
}

/** Where the content of a blob belongs: in the `file`-th file of the message, at `position`. */
export interface Write {
  readonly file: number
  readonly position: number
}

/** A blob to open; its offset counts from the beginning of the region. */
export interface BlobToWrite {
  readonly blob: PackedBlob
  readonly writes: readonly Write[]
}

export interface ToRestoreThread {
  readonly target: Target
  readonly task: RestoreTask
}

export type RestoreTask =
  /** A part of a pack, what is in it, and the files that it belongs to. */
  | {
      readonly kind: 'region'
      /** Good until the answer; opened in place. */
      readonly bytes: Uint8Array<SharedArrayBuffer>
      readonly blobs: readonly BlobToWrite[]
      readonly files: readonly FileToWrite[]
    }
  /** Files whose content is there now (or that have none): length, owner, times and so on. */
  | { readonly kind: 'complete'; readonly files: readonly FileToWrite[] }
  /** Looks at what is in the place of files: see compare-file.ts. */
  | {
      readonly kind: 'compare'
      readonly files: readonly FileToCompare[]
      readonly overwrite: Overwrite
      readonly dryRun: boolean
    }
  /** Reads files back and compares their chunks. */
  | { readonly kind: 'verify'; readonly files: readonly FileToVerify[] }

export interface FileToVerify {
  readonly number: number
  readonly path: RawPath
  readonly size: number
  readonly chunks: readonly { readonly id: BlobId; readonly length: number }[]
}

export interface FileToCompare extends FileToVerify {
  readonly metadata: Metadata
}

/** What was found in a file's place, and done with it. */
export type FoundFile =
  /** It is whole, its metadata included. */
  | { readonly kind: 'whole' }
  /** It stays as it is, since the operator wants it so. */
  | { readonly kind: 'left' }
  /** The chunks of these numbers are in the file to be already; none when it is not begun. */
  | { readonly kind: 'other'; readonly present: readonly number[] }

export interface FromRestoreThread {
  readonly kind: 'done'
  /** Of `compare`: in the order of its files. */
  readonly found: readonly FoundFile[]
  readonly problems: readonly RestoreProblem[]
  /** Numbers of blobs in the message that are not what their names say: nothing of them was written. */
  readonly damaged: readonly { readonly blob: number; readonly message: string }[]
}

export interface RestoreProblem {
  /** The restore's number for the file. */
  readonly file: number
  readonly message: string
  /** Whether the file is not restored at all, and not just lacking its owner, times or the like. */
  readonly isFatal: boolean
}
