import { isRedomaError } from '../../core/errors.ts'
import { findCopies } from '../blob-index/find-copies.ts'
import type { ObjectId } from '../ids.ts'
import { contentLengthOf } from '../packs/packed-blob.ts'
import type { FromRestoreThread } from './messages.ts'
import type { FilePlan, NeededBlob, PlannedFile } from './plan-files.ts'
import { planRegions, type Region } from './plan-regions.ts'
import { fileToWrite, type ReadRegion, type ReadRegionDeps, readRegion } from './read-region.ts'
import type { RestoreThreads } from './restore-threads.ts'

/** Files in one message that need no content from a pack. */
const filesPerMessage = 64

export interface WritePlannedDeps extends ReadRegionDeps {
  readonly threads: RestoreThreads
  /** The file is whole, and under its name. */
  readonly onWritten: (file: PlannedFile) => void
  readonly onProblem: (file: PlannedFile, message: string) => void
  /** Is called again and again: what is to be done meanwhile, as verifying what is written. */
  readonly meanwhile: () => Promise<void>
}

interface DamagedBlob {
  readonly needed: NeededBlob
  readonly message: string
}

/**
 * Writes the content of all planned files, pack by pack, and completes them. A blob that is damaged is looked for elsewhere
 * in the end; files that lack one fail, and the others do not.
 */
export async function writePlanned(plan: FilePlan, deps: WritePlannedDeps): Promise<void> {
  const { threads, repository, signal } = deps
  /** Their last part was written in another message than this file's end. */
  const toComplete = plan.files.filter(
    ({ state, pending }) => pending === 0 && (state === 'planned' || state === 'begun'),
  )
  let damaged: DamagedBlob[] = []

  function report(answer: FromRestoreThread): void {
    for (const { file: number, message, isFatal } of answer.problems) {
      const file = plan.files[number]
      if (file === undefined) continue
      if (isFatal) file.state = 'failed'
      deps.onProblem(file, message)
    }
  }

  function finish(file: PlannedFile): void {
    if (file.state === 'failed') return
    file.state = 'done'
    deps.onWritten(file)
  }

  async function completeSome(least: number): Promise<void> {
    while (toComplete.length > 0 && toComplete.length >= least) {
      const files = toComplete.splice(0, filesPerMessage)
      for (const file of files) file.state = 'begun'
      await threads.submit(
        { kind: 'complete', files: files.map((file) => fileToWrite(file, true)) },
        (answer) => {
          report(answer)
          for (const file of files) finish(file)
        },
      )
    }
  }

  async function writeRegion(pack: ObjectId, region: Region<NeededBlob>): Promise<void> {
    signal.throwIfAborted()
    const read = await tryReading(pack, region)
    if (read === undefined) return
    const { message, places, whole } = read
    for (const file of places.keys()) if (file.state === 'planned') file.state = 'begun'
    await threads.submit(message, (answer) => {
      deps.memory.giveBack(message.bytes)
      report(answer)
      const lacking = noteDamage(region, answer)
      for (const [file, count] of places) {
        const lacks = lacking.get(file) ?? 0
        file.pending -= count - lacks
        if (whole.has(file) && lacks === 0) finish(file)
        else if (file.pending === 0 && file.state !== 'failed') toComplete.push(file)
      }
    })
  }

  /** How many of their places files lack after this region. */
  function noteDamage(region: Region<NeededBlob>, answer: FromRestoreThread): Map<PlannedFile, number> {
    const lacking = new Map<PlannedFile, number>()
    for (const { blob, message } of answer.damaged) {
      const needed = region.blobs[blob]
      if (needed === undefined) continue
      damaged.push({ needed, message })
      for (const { file } of needed.writes) lacking.set(file, (lacking.get(file) ?? 0) + 1)
    }
    return lacking
  }

  /** A pack that is gone or cut off costs what was in it, and nothing else. */
  async function tryReading(pack: ObjectId, region: Region<NeededBlob>): Promise<ReadRegion | undefined> {
    try {
      return await readRegion(pack, region, deps)
    } catch (error) {
      if (!isRedomaError(error, 'REPOSITORY_DAMAGED')) throw error
      for (const needed of region.blobs) damaged.push({ needed, message: error.message })
      return undefined
    }
  }

  /** Every place where a damaged blob lies is tried alone, also the one that failed: what is beside it may have been why. */
  async function recoverDamaged(): Promise<void> {
    const toRecover = damaged
    if (toRecover.length === 0) return
    const copies = await findCopies(
      repository,
      'data',
      new Set(toRecover.map(({ needed }) => needed.blob.id)),
      signal,
    )
    for (const { needed, message } of toRecover) {
      let last: string | undefined = message
      for (const { pack, blob } of copies.get(needed.blob.id) ?? []) {
        // Files were laid out by what the index said first.
        if (contentLengthOf(blob) !== contentLengthOf(needed.blob)) continue
        damaged = []
        const { offset, length } = blob
        await writeRegion(pack, { offset, length, blobs: [{ ...needed, blob }] })
        await threads.idle()
        last = damaged[0]?.message
        if (last === undefined) break
      }
      if (last !== undefined) giveUp(needed, last)
    }
  }

  function giveUp(needed: NeededBlob, message: string): void {
    for (const { file } of needed.writes) {
      if (file.state === 'failed') continue
      file.state = 'failed'
      deps.onProblem(file, message)
    }
  }

  for (const [pack, needed] of plan.packs) {
    for (const region of planRegions([...needed.values()])) {
      await writeRegion(pack, region)
      await completeSome(filesPerMessage)
      await deps.meanwhile()
    }
  }
  await threads.idle()
  await recoverDamaged()
  await completeSome(1)
  await threads.idle()
}
