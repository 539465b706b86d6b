import { localFolders } from '../../app/system-repository.ts'
import type { DestinationRecord, Run } from '../../ports/catalogue.ts'
import { locationOf } from '../../ports/destination-spec.ts'
import type { Transferred } from '../../ports/run-progress.ts'
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

/** What this process moved by now. */
export function transferred(instance: Pick<OpenInstance, 'transfers'>): Transferred[] {
  return instance.transfers().map(({ location, figures, retries }) => {
    const { bytesUp, upMs, bytesDown, downMs } = figures
    return { location, bytesUp, upMs, bytesDown, downMs, retries }
  })
}

export function transfersOf(
  run: Run,
  records: readonly DestinationRecord[],
  ways: readonly Transferred[],
): Transfer[] {
  const names = [...new Set(run.parts.map(({ destination }) => destination))]
  return names.flatMap((name) => {
    const spec = records.find((record) => record.name === name)?.spec
    if (spec === undefined) return []
    const places = new Set([locationOf(spec), ...localFolders(spec)])
    const there = ways.filter(({ location }) => places.has(location))
    const sum = (one: (of: Transferred) => number): number => there.reduce((all, way) => all + one(way), 0)
    return {
      destination: name,
      sentBytes: sum((of) => of.bytesUp),
      sentMs: Math.round(sum((of) => of.upMs)),
      readBytes: sum((of) => of.bytesDown),
      readMs: Math.round(sum((of) => of.downMs)),
      retries: sum((of) => of.retries),
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
