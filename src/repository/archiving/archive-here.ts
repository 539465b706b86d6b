import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Repository } from '../repository.ts'
import type { ArchiveOptions } from './archive-options.ts'
import { makeArchiver } from './archiver.ts'
import type { Batch } from './file-queue.ts'
import { makePackOutlet } from './pack-outlet.ts'

const packsUnderWay = 1

/** Archives on this thread, a file a turn, so that what else goes on here goes on. All packs are published then. */
export async function archiveHere(
  repository: Repository,
  options: ArchiveOptions,
  nextBatch: () => Batch | undefined,
): Promise<void> {
  const { signal } = options
  const outlet = makePackOutlet(options, repository.fileCalls, packsUnderWay)
  const archiver = makeArchiver({
    ...options,
    primitives: repository.primitives,
    fileCalls: repository.fileCalls,
    envelope: repository.envelope,
    chunkerPolynomial: repository.config.chunkerPolynomial,
    takeBuffer: outlet.takeBuffer,
    publish: outlet.publish,
    onRead: () => {
      signal.throwIfAborted()
    },
  })
  for (let batch = nextBatch(); batch !== undefined; batch = nextBatch()) {
    for (const [index, path] of batch.paths.entries()) {
      batch.done[index]?.(archiver.archiveFile(path))
      await outlet.room()
      await nextTurn()
    }
  }
  archiver.finish()
  await outlet.finish()
}
