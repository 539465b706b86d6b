import type { DestinationRecord } from '../../ports/catalogue.ts'
import type { Condition, DestinationWatch, ProbeFindings } from '../../ports/destination-state.ts'
import { events, type IncidentKind } from '../../ports/events.ts'
import type { Trouble } from '../../ports/incident.ts'

type Kind = Extract<
  IncidentKind,
  | `destination-${'lost' | 'read-only' | 'slow' | 'nearly-full' | 'filling'}`
  | 'host-key-changed'
  | 'certificate-changed'
>

/** What probes say of destinations, as far as it is trouble. */
export function troublesOfDestinations(
  destinations: readonly Pick<DestinationRecord, 'id' | 'name'>[],
  watches: ReadonlyMap<string, DestinationWatch>,
): readonly Trouble[] {
  return destinations.flatMap(({ id, name }) => {
    const watch = watches.get(id)
    const kind = watch && kindOf(watch.state.condition, watch.findings)
    if (watch === undefined || kind === undefined) return []
    const findings = watch.findings ?? { tookMs: 0 }
    return [
      {
        kind,
        key: id,
        subject: name,
        severity: events[kind].severity,
        title: titleOf(kind, name, findings),
        text: textOf(kind, name, findings),
        hint: findings.failure?.hint ?? hintOf(kind, name),
        fields: fieldsOf(findings),
      },
    ]
  })
}

function kindOf(condition: Condition | 'unknown', findings: ProbeFindings | undefined): Kind | undefined {
  switch (condition) {
    case 'ok':
    case 'unknown':
      return undefined
    case 'slow':
      return 'destination-slow'
    case 'read-only':
      return 'destination-read-only'
    case 'nearly-full':
      return findings?.daysLeft === undefined ? 'destination-nearly-full' : 'destination-filling'
    case 'lost':
      return ofOthers(findings) ?? 'destination-lost'
  }
}

/** It answers, and is not who it should be. */
function ofOthers(findings: ProbeFindings | undefined): Kind | undefined {
  if (findings?.failure?.code === 'HOST_KEY_CHANGED') return 'host-key-changed'
  return findings?.failure?.code === 'CERTIFICATE_REFUSED' ? 'certificate-changed' : undefined
}

function titleOf(kind: Kind, name: string, { daysLeft }: ProbeFindings): string {
  switch (kind) {
    case 'destination-slow':
      return `${name} is slow`
    case 'destination-read-only':
      return `${name} cannot be written to`
    case 'destination-nearly-full':
      return `${name} is nearly full`
    case 'destination-filling':
      return `${name} will be full in ${days(daysLeft)}`
    case 'host-key-changed':
      return `${name} shows another host key`
    case 'certificate-changed':
      return `${name} shows a certificate that is not trusted`
    case 'destination-lost':
      return `${name} is lost`
  }
}

function textOf(
  kind: IncidentKind,
  name: string,
  { failure, tookMs, space, daysLeft }: ProbeFindings,
): string {
  if (failure !== undefined) return `The last probe of ${name} failed: ${failure.message}.`
  const free = space === undefined ? '' : ` ${share(space.freeBytes, space.totalBytes)} of it is free.`
  if (kind === 'destination-filling') {
    return `If it goes on as in the last days, ${name} is full in ${days(daysLeft)}.${free}`
  }
  if (kind === 'destination-slow') {
    return `${name} took ${Math.round(tookMs / 1000)} s to write, sync, read back and remove four kibibytes.`
  }
  return `${name} has next to no room left.${free}`
}

function hintOf(kind: Kind, name: string): string {
  switch (kind) {
    case 'destination-nearly-full':
    case 'destination-filling':
      return 'Free space there, raise its quota, or keep fewer copies: redoma backup forget --prune'
    case 'destination-slow':
      return `Look at the line and the load of the server: redoma destination test ${name}`
    case 'destination-lost':
    case 'destination-read-only':
      return `See what it says now, step by step: redoma destination test ${name}`
    case 'certificate-changed':
      return `Ask who runs the server before you trust another certificate: redoma destination show ${name}`
    case 'host-key-changed':
      return `Ask who runs the server before you pin another key: redoma destination show ${name}`
  }
}

function fieldsOf({ failure, tookMs, space, daysLeft }: ProbeFindings): Trouble['fields'] {
  return {
    ...(failure === undefined ? {} : { code: failure.code }),
    ...(failure === undefined && space === undefined ? { tookMs } : {}),
    ...(space === undefined ? {} : { freeBytes: space.freeBytes, totalBytes: space.totalBytes }),
    ...(daysLeft === undefined ? {} : { daysLeft: Math.floor(daysLeft) }),
  }
}

function days(left: number | undefined): string {
  const whole = Math.floor(left ?? 0)
  return whole < 1 ? 'less than a day' : whole === 1 ? 'a day' : `${whole} days`
}

function share(part: number, whole: number): string {
  return whole === 0 ? 'nothing' : `${Math.floor((100 * part) / whole)} %`
}
