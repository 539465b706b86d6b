import type { ShownCertificate } from '../../core/shown-certificate.ts'
import type { DestinationRecord } from '../../ports/catalogue.ts'
import { authorityOf, type ChannelRecord } from '../../ports/channel.ts'
import type { Severity } from '../../ports/events.ts'
import type { Trouble } from '../../ports/incident.ts'
import type { SeenCertificate } from '../../ports/seen-certificate.ts'

export interface CertificatesSeen {
  readonly seen: readonly SeenCertificate[]
  readonly destinations: readonly Pick<DestinationRecord, 'id' | 'name' | 'spec'>[]
  readonly channels: readonly Pick<ChannelRecord, 'id' | 'name' | 'spec'>[]
}

const dayMs = 24 * 60 * 60_000
/** A machine that was not heard of for so long is none of ours any more, or has another name. */
const forgottenMs = 30 * dayMs

/** Certificates that end before long, or have ended: of what is configured now, as they were seen last. */
export function troublesOfCertificates(
  { seen, destinations, channels }: CertificatesSeen,
  now: Date,
): readonly Trouble[] {
  return seen.flatMap((certificate) => {
    const severity = severityOf(certificate, now)
    if (severity === undefined) return []
    if (certificate.machine !== '' && now.getTime() - certificate.seenAt.getTime() > forgottenMs) return []
    const words = wordsOn(certificate, { destinations, channels })
    if (words === undefined) return []
    const { of, id, machine, until, fingerprint } = certificate
    const day = until.toISOString().slice(0, 10)
    return [
      {
        kind: 'certificate-expiring',
        key: [of, id, machine].join(' '),
        subject: words.subject,
        severity,
        title: until <= now ? `${words.what} has expired` : `${words.what} expires on ${day}`,
        text: `${words.what} (${words.where}) is good until ${until.toISOString()}. After that ${words.then}.`,
        hint: words.hint,
        fields: { certificate: fingerprint, expiresAt: until.toISOString() },
      },
    ]
  })
}

/** A month before, and a week; of one that lasts for less than some months, a quarter and a twelfth of its time: those of ACME are renewed when a third is left. */
function severityOf({ from, until }: ShownCertificate, now: Date): Severity | undefined {
  const lastsMs = until.getTime() - from.getTime()
  const leftMs = until.getTime() - now.getTime()
  if (leftMs < Math.min(7 * dayMs, lastsMs / 12)) return 'critical'
  return leftMs < Math.min(30 * dayMs, lastsMs / 4) ? 'warning' : undefined
}

interface Words {
  readonly subject: string
  readonly what: string
  readonly where: string
  readonly then: string
  readonly hint: string
}

/** @returns nothing for what is not there any more, or elsewhere by now */
function wordsOn(
  { of, id, machine, place }: SeenCertificate,
  { destinations, channels }: Omit<CertificatesSeen, 'seen'>,
): Words | undefined {
  switch (of) {
    case 'api':
      return wordsOnApi(machine, place)
    case 'destination': {
      const found = destinations.find((one) => one.id === id)
      if (found?.spec.kind !== 's3' || found.spec.endpoint !== place) return undefined
      return {
        subject: found.name,
        what: `The certificate of the destination ${found.name}`,
        where: place,
        then: 'nothing is stored or read there',
        hint: 'Ask who runs the server to renew it: the daemon looks again every few minutes',
      }
    }
    case 'channel': {
      const found = channels.find((one) => one.id === id)
      if (found === undefined || authorityOf(found.spec) !== place) return undefined
      return {
        subject: found.name,
        what: `The certificate of the channel ${found.name}`,
        where: place,
        then: 'nobody is told anything over it',
        hint: `Ask who runs the server to renew it; to have it looked at again: redoma alert test '${found.name}'`,
      }
    }
    case 'channel-client': {
      const found = channels.find((one) => one.id === id)
      if (found?.spec.kind !== 'syslog' || found.spec.certificateFile !== place) return undefined
      return {
        subject: found.name,
        what: `The client certificate of the channel ${found.name}`,
        where: `${place} on ${machine}`,
        then: 'the receiver takes nothing from here',
        hint: `Have its authority make another, and write it to ${place}, with its key: it is read anew each time`,
      }
    }
    case 'catalogue':
      return {
        subject: 'catalogue',
        what: 'The certificate of the PostgreSQL that holds the catalogue',
        where: place,
        then: 'this instance does nothing any more',
        hint: 'Ask who runs the server to renew it: it is looked at again with each new connection',
      }
  }
}

function wordsOnApi(machine: string, place: string): Words {
  const words = {
    subject: machine,
    what: `The certificate of the API at ${machine}`,
    then: 'browsers warn of it, and programs do not connect',
  }
  if (place !== '')
    return {
      ...words,
      where: place,
      hint: `Renew it, and write it to ${place}, with its key beside: the daemon takes it within a minute. Where it was renewed, see what the log says of it ("certificate not read")`,
    }
  return {
    ...words,
    where: 'made by Redoma itself',
    hint: 'It renews itself a month before, and could not: see what the log says of it ("certificate not read"), and whether the disk with the folder of the instance is full',
  }
}
