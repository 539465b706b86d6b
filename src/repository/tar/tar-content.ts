import type { ReadItem } from '../browsing/read-in-order.ts'
import type { FileProblem } from '../repository.ts'
import type { TarItem } from './tar-entries.ts'
import { paddingOf, tarHeader } from './tar-header.ts'

/** Files up to this, in bytes, are read to their end before their header is written: as much as a chunk may be long. */
const heldBytes = 8 * 1024 * 1024
/** A length that a lost pack was said to have is not believed with memory. */
const zerosAtOnce = new Uint8Array(1024 * 1024)

/**
 * Headers and contents, each padded to its block. A file that is damaged is left out; a large one, whose header is written when
 * that is found, has zeros in that place, so that readers find what follows. Both are told.
 */
export async function* tarContent(
  read: AsyncIterable<ReadItem<TarItem>>,
  onProblem: (problem: FileProblem) => void,
): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] = []
  let chunk = 0
  for await (const { item, content, damage } of read) {
    const { entry, path, lengths } = item
    const padding = new Uint8Array(paddingOf(entry.size))
    if (content === undefined && damage === undefined) {
      held = []
      chunk = 0
      tellOfFirst(item, onProblem)
      if (!isHeld(item) && item.state !== 'left out') yield tarHeader(entry)
      continue
    }
    const length = lengths[chunk++] ?? 0
    // What a header says was laid out by what the index said.
    const whole = content?.length === length ? content : undefined
    const why = damage?.message ?? 'the index says another length of it'
    const isLast = chunk === lengths.length
    if (!isHeld(item)) {
      if (whole === undefined) {
        if (item.state !== 'broken')
          onProblem({ path, message: `is not whole; zeros stand for what is lost: ${why}` })
        item.state = 'broken'
        yield* zeros(length)
      } else yield whole
      if (isLast) yield padding
    } else if (whole === undefined) {
      if (item.state !== 'left out') onProblem({ path, message: `${why}; the file is left out` })
      item.state = 'left out'
    } else if (item.state !== 'left out') {
      held.push(whole)
      if (isLast) yield Buffer.concat([tarHeader(entry), ...held, padding])
    }
  }
}

function isHeld({ entry, lengths }: TarItem): boolean {
  return lengths.length > 0 && entry.size <= heldBytes
}

/** A link to what is not there would end the unpacking with an error. */
function tellOfFirst(item: TarItem, onProblem: (problem: FileProblem) => void): void {
  const { path, first } = item
  if (first === undefined || first.state === 'whole') return
  item.state = first.state
  const what = first.state === 'broken' ? 'is not whole' : 'is left out, and so is this'
  onProblem({ path, message: `is another name of ${first.path}, which ${what}` })
}

function* zeros(length: number): Generator<Uint8Array> {
  for (let left = length; left > 0; left -= zerosAtOnce.length) yield zerosAtOnce.subarray(0, left)
}
