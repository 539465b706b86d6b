import { type ObjectId } from '../ids.ts'
import { readObject } from '../objects.ts'
import type { Repository } from '../repository.ts'
import type { BlobToWrite, FileToWrite, FromRestoreThread } from './messages.ts'
import type { FilePlan, NeededBlob, PlannedFile } from './plan-files.ts'
import { planRegions, type Region } from './plan-regions.ts'
import type { RestoreThreads } from './restore-threads.ts'

/** Files in one message that need no content from a pack. */
const filesPerMessage = 64

export interface WritePlannedDeps {
  readonly repository: Repository
  readonly threads: RestoreThreads
  /** All places of a file are written, well or badly. */
  readonly onWritten: (file: PlannedFile) => void
  readonly onProblem: (file: PlannedFile, message: string) => void
  readonly signal: AbortSignal
}

/** Writes the content of all planned files, pack by pack, and completes them. */
export async function writePlanned(plan: FilePlan, deps: WritePlannedDeps): Promise<void> {
  const { threads } = deps
  /** Their last part was written in another message than this file's end. */
  const toComplete = plan.files.filter((file) => file.chunks.length === 0)

  const report = (answer: FromRestoreThread): void => {
    for (const { file, message } of answer.problems) {
      const planned = plan.files[file]
      if (planned !== undefined) deps.onProblem(planned, message)
    }
  }

  async function completeSome(least: number): Promise<void> {
    while (toComplete.length > 0 && toComplete.length >= least) {
      const files = toComplete.splice(0, filesPerMessage)
      await threads.submit(
        { kind: 'complete', files: files.map((file) => fileToWrite(file, true)) },
        (answer) => {
          report(answer)
          for (const file of files) deps.onWritten(file)
        },
      )
    }
  }

  for (const [pack, needed] of plan.packs) {
    for (const region of planRegions([...needed.values()])) {
      deps.signal.throwIfAborted()
      const { message, files, whole } = await readRegion(pack, region, deps)
      await threads.submit(message, (answer) => {
        report(answer)
        for (const [file, places] of files) {
          if (whole.has(file)) deps.onWritten(file)
          else if ((file.pending -= places) === 0) toComplete.push(file)
        }
      })
      await completeSome(filesPerMessage)
    }
  }
  await threads.idle()
  await completeSome(1)
  await threads.idle()
}

interface ReadRegion {
  readonly message: {
    readonly kind: 'region'
    readonly bytes: Uint8Array<ArrayBuffer>
    readonly blobs: readonly BlobToWrite[]
    readonly files: readonly FileToWrite[]
  }
  /** Files of the region, with how many of their places are in it. */
  readonly files: ReadonlyMap<PlannedFile, number>
  /** Those of which all is in it. */
  readonly whole: ReadonlySet<PlannedFile>
}

async function readRegion(
  pack: ObjectId,
  region: Region<NeededBlob>,
  deps: WritePlannedDeps,
): Promise<ReadRegion> {
  const { offset, length } = region
  const bytes = await readObject(deps.repository, 'data', pack, { offset, length }, deps.signal)
  const places = new Map<PlannedFile, number>()
  for (const { writes } of region.blobs) {
    for (const { file } of writes) places.set(file, (places.get(file) ?? 0) + 1)
  }
  const numbers = new Map([...places.keys()].map((file, index) => [file, index]))
  const whole = new Set(
    [...places].filter(([file, count]) => file.chunks.length === count).map(([file]) => file),
  )
  const blobs = region.blobs.map(({ blob, writes }) => ({
    blob: { ...blob, offset: blob.offset - offset },
    writes: writes.map(({ file, position }) => ({ file: numbers.get(file) ?? 0, position })),
  }))
  const files = [...places.keys()].map((file) => fileToWrite(file, whole.has(file)))
  return { message: { kind: 'region', bytes: ownMemory(bytes), blobs, files }, files: places, whole }
}

function fileToWrite(file: PlannedFile, complete: boolean): FileToWrite {
  const { number, path, size, metadata } = file
  return { number, path, size, metadata: complete ? metadata : undefined }
}

/** What goes to another thread must be all of its memory. */
function ownMemory(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = bytes.buffer instanceof ArrayBuffer && bytes.byteLength === bytes.buffer.byteLength
  return whole ? (bytes as Uint8Array<ArrayBuffer>) : new Uint8Array(bytes)
}
