import type { ObjectId } from '../ids.ts'
import { readObjectInto } from '../objects.ts'
import type { Repository } from '../repository.ts'
import type { BlobToWrite, FileToWrite } from './messages.ts'
import type { NeededBlob, PlannedFile } from './plan-files.ts'
import type { Region } from './plan-regions.ts'
import type { RegionMemory } from './region-memory.ts'

export interface ReadRegionDeps {
  readonly repository: Repository
  readonly memory: RegionMemory
  readonly onFetched: (bytes: number) => void
  readonly signal: AbortSignal
}

/** A region on its way to a thread, which writes what is in it. */
export interface ReadRegion {
  readonly message: {
    readonly kind: 'region'
    readonly bytes: Uint8Array<SharedArrayBuffer>
    readonly blobs: readonly BlobToWrite[]
    readonly files: readonly FileToWrite[]
  }
  /** Files of the region, with how many of their places are in it. */
  readonly places: ReadonlyMap<PlannedFile, number>
  /** Those of which all is in it. */
  readonly whole: ReadonlySet<PlannedFile>
}

/** Reads a region, into memory that is to be given back. @throws RedomaError `REPOSITORY_DAMAGED`, and those of the destination */
export async function readRegion(
  pack: ObjectId,
  region: Region<NeededBlob>,
  deps: ReadRegionDeps,
): Promise<ReadRegion> {
  const { offset, length } = region
  const bytes = await readBytes(pack, region, deps)
  deps.onFetched(length)
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
  return { message: { kind: 'region', bytes, blobs, files }, places, whole }
}

async function readBytes(
  pack: ObjectId,
  { offset, length }: Region<NeededBlob>,
  { repository, memory, signal }: ReadRegionDeps,
): Promise<Uint8Array<SharedArrayBuffer>> {
  const bytes = memory.take(length)
  try {
    await readObjectInto(repository, 'data', pack, offset, bytes, signal)
    return bytes
  } catch (error) {
    memory.giveBack(bytes)
    throw error
  }
}

/** @param complete whether nothing of it is to come any more */
export function fileToWrite(file: PlannedFile, complete: boolean): FileToWrite {
  const { number, path, size, metadata } = file
  return { number, path, size, metadata: complete ? metadata : undefined }
}
