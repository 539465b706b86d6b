import type { ErrorCode } from '../../core/errors.ts'
import type { DestinationRecord, Failure, Run, RunPart } from '../../ports/catalogue.ts'
import { events, type IncidentKind } from '../../ports/events.ts'
import type { Trouble } from '../../ports/incident.ts'
import { some } from './some.ts'

type Kind = Extract<
  IncidentKind,
  | `backup-${'failed' | 'warned' | 'empty' | 'shrunken'}`
  | 'bundle-doubtful'
  | 'certificate-changed'
  | 'host-key-changed'
  | 'source-unreadable'
  | 'verification-failed'
>

interface Finding {
  readonly kind: Kind
  readonly key: string
  readonly subject: string
  readonly part: RunPart
  readonly says: string
  readonly hint?: string | undefined
  readonly code?: string | undefined
}

/**
 * What the newest parts of runs say, as far as it is trouble: one for each destination that fails, and one for each source, however many parts
 * say the same.
 */
export function troublesOfParts(
  parts: readonly RunPart[],
  destinations: readonly Pick<DestinationRecord, 'id' | 'name'>[],
): readonly Trouble[] {
  const ids = new Map(destinations.map(({ id, name }) => [name, id]))
  const groups = Map.groupBy(
    parts.flatMap((part) => findingOf(part, ids)),
    ({ kind, key }) => `${kind} ${key}`,
  )
  return [...groups.values()].flatMap((findings) => troubleOf(findings))
}

/**
 * What the newest run of all says, where it has no part to say it: it died, was stopped by a fault, or something went wrong round it. That somebody stopped it is no trouble,
 * and mends none.
 *
 * @param before the newest that nobody cancelled, where the newest was
 */
export function troublesOfRuns(newest: Run | undefined, before: Run | undefined): readonly Trouble[] {
  const said = troubleOfRun(newest)
  const kinds = said.map(({ kind }) => kind)
  return [...said, ...troubleOfRun(before).filter(({ kind }) => !kinds.includes(kind))]
}

function troubleOfRun(run: Run | undefined): readonly Trouble[] {
  if (run === undefined) return []
  const { id, state, remarks } = run
  if (state.kind === 'lost') {
    const text = `The process of run ${id} ended in the middle, since it was killed or the machine went down. Whatever it had published is whole.`
    const hint = 'It is made up by the next run that is due, or now: redoma backup create'
    return [troubleWith(id, 'backup-failed', `Run ${id} died`, text, hint)]
  }
  if (remarks.length === 0) return []
  const kind = state.kind === 'failed' ? 'backup-failed' : 'backup-warned'
  const title = state.kind === 'failed' ? `Run ${id} failed` : `Run ${id} has warnings`
  return [troubleWith(id, kind, title, `${some(remarks)}.`, `redoma backup show ${id}`)]
}

function troubleWith(
  run: number,
  kind: 'backup-failed' | 'backup-warned',
  title: string,
  text: string,
  hint: string,
): Trouble {
  const { severity } = events[kind]
  return { kind, key: 'run', subject: `run ${run}`, severity, title, text, hint, fields: { run } }
}

function findingOf(part: RunPart, ids: ReadonlyMap<string, string>): readonly Finding[] {
  const { outcome, job, source, destination } = part
  const ofSource = { key: `${job} ${source}`, subject: source, part }
  const ofDestination = { key: ids.get(destination) ?? destination, subject: destination, part }
  switch (outcome.kind) {
    case 'done':
      return []
    case 'done-with-warnings': {
      const kind = outcome.isDoubtful === true ? 'bundle-doubtful' : 'backup-warned'
      return [{ ...ofSource, kind, says: some(outcome.warnings) }]
    }
    case 'failed': {
      const { failure } = outcome
      const { code, hint } = failure
      // That there is no recovery key is said once, by itself.
      if (failure.code === 'CEREMONY_MISSING') return []
      const kind = kindOf(failure)
      const isOfDestination =
        code.startsWith('DESTINATION_') || ['HOST_KEY_CHANGED', 'CERTIFICATE_REFUSED'].includes(code)
      const about = isOfDestination ? ofDestination : ofSource
      return [{ ...about, kind, says: failure.message, hint, code }]
    }
  }
}

function kindOf({ code }: Failure): Kind {
  return kinds[code] ?? 'backup-failed'
}

const kinds: Partial<Readonly<Record<ErrorCode, Kind>>> = {
  SOURCE_EMPTY: 'backup-empty',
  SOURCE_SHRUNKEN: 'backup-shrunken',
  SOURCE_UNREADABLE: 'source-unreadable',
  VERIFICATION_FAILED: 'verification-failed',
  REPOSITORY_DAMAGED: 'verification-failed',
  HOST_KEY_CHANGED: 'host-key-changed',
  CERTIFICATE_REFUSED: 'certificate-changed',
}

function troubleOf(findings: readonly Finding[]): readonly Trouble[] {
  const [first] = findings
  if (first === undefined) return []
  const { kind, key, subject, hint, code } = first
  const sources = [...new Set(findings.map(({ part }) => part.source))]
  const destinations = [...new Set(findings.map(({ part }) => part.destination))]
  const said = [...new Set(findings.map(({ says }) => says))]
  return [
    {
      kind,
      key,
      subject,
      severity: events[kind].severity,
      title: titleOf(kind, sources, destinations),
      text: `${some(sources)} to ${some(destinations)}: ${some(said)}.`,
      hint,
      fields: { job: first.part.job, parts: findings.length, ...(code === undefined ? {} : { code }) },
    },
  ]
}

function titleOf(kind: Kind, sources: readonly string[], destinations: readonly string[]): string {
  const what = sources.length === 1 ? (sources[0] ?? '') : `${sources.length} sources`
  const where = destinations.length === 1 ? (destinations[0] ?? '') : `${destinations.length} destinations`
  switch (kind) {
    case 'backup-empty':
      return `${what}: there is nothing left to back up`
    case 'backup-shrunken':
      return `${what}: most of it is gone, and no bundle was published`
    case 'source-unreadable':
      return `Cannot be read: ${what}`
    case 'verification-failed':
      return `What was written of ${what} does not read back from ${where}`
    case 'certificate-changed':
      return `${where} shows a certificate that is not trusted`
    case 'host-key-changed':
      return `${where} shows another host key`
    case 'bundle-doubtful':
      return `The newest bundle of ${what} wants to be looked at`
    case 'backup-warned':
      return `Backed up with warnings: ${what}`
    case 'backup-failed':
      return `Not backed up to ${where}: ${what}`
  }
}
