import { localFolders } from '../../app/system-repository.ts'
import type { DestinationRecord, Run } from '../../ports/catalogue.ts'
import type { DestinationFigures } from '../../ports/destination-figures.ts'
import { locationOf } from '../../ports/destination-spec.ts'
import { formatBytes, formatSpan } from '../figures.ts'
import { printable } from '../printable.ts'
import type { OpenInstance } from '../services.ts'
import type { Style } from '../style.ts'

/** What went to one destination in a run, and came back to be compared. */
export interface Transfer {
  readonly destination: string
  readonly sentBytes: number
  readonly sentMs: number
  readonly readBytes: number
  readonly readMs: number
  /** What failed and was tried again. */
  readonly retries: number
}

export function transfersOf(
  run: Run,
  records: readonly DestinationRecord[],
  ways: ReturnType<OpenInstance['transfers']>,
): Transfer[] {
  const names = [...new Set(run.parts.map(({ destination }) => destination))]
  return names.flatMap((name) => {
    const spec = records.find((record) => record.name === name)?.spec
    if (spec === undefined) return []
    const places = new Set([locationOf(spec), ...localFolders(spec)])
    const there = ways.filter(({ location }) => places.has(location))
    const sum = (one: (of: DestinationFigures) => number): number =>
      there.reduce((all, { figures }) => all + one(figures), 0)
    return {
      destination: name,
      sentBytes: sum((of) => of.bytesUp),
      sentMs: Math.round(sum((of) => of.upMs)),
      readBytes: sum((of) => of.bytesDown),
      readMs: Math.round(sum((of) => of.downMs)),
      retries: there.reduce((all, way) => all + way.retries, 0),
    }
  })
}

export function transferLines(transfers: readonly Transfer[], style: Style): string[] {
  const lines = transfers
    .filter(({ sentBytes, retries }) => sentBytes > 0 || retries > 0)
    .map(({ destination, sentBytes, sentMs, readBytes, retries }) => {
      const speed = formatBytes((sentBytes * 1000) / Math.max(sentMs, 1))
      const sent = `${formatBytes(sentBytes)} sent in ${formatSpan(sentMs)}, ${speed}/s`
      const again = retries === 0 ? '' : `; ${retries} ${retries === 1 ? 'retry' : 'retries'}`
      return style.dim(`${printable(destination)}: ${sent}; ${formatBytes(readBytes)} read back${again}`)
    })
  return lines.length === 0 ? [] : ['', ...lines]
}
