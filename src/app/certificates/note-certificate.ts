import { messageOf } from '../../core/errors.ts'
import type { ShownCertificate } from '../../core/shown-certificate.ts'
import type { Catalogue } from '../../ports/catalogue.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import type { CertificateHolder } from '../../ports/seen-certificate.ts'

export interface NoteCertificateDeps {
  readonly catalogue: Pick<Catalogue, 'certificates'>
  readonly clock: Clock
  readonly log: Log
}

/**
 * Remembers a certificate that was seen, so that people are told before it runs out. What it was seen for has been done, and does not fail over this: a
 * certificate that could not be noted is seen again.
 *
 * @param shown absent: there is none any more
 * @returns whether anything else was known before
 */
export type NoteCertificate = (
  holder: CertificateHolder,
  place: string,
  shown: ShownCertificate | undefined,
) => Promise<boolean>

/** One that is seen every minute is not written every minute. */
const writtenEveryMs = 6 * 60 * 60_000

export function makeNoteCertificate({ catalogue, clock, log }: NoteCertificateDeps): NoteCertificate {
  const { certificates } = catalogue

  async function note(...[holder, place, shown]: Parameters<NoteCertificate>): Promise<boolean> {
    const all = await certificates.list()
    const known = all.find(
      ({ of, id, machine }) => of === holder.of && id === holder.id && machine === holder.machine,
    )
    if (shown === undefined) {
      if (known !== undefined) await certificates.remove(holder)
      return known !== undefined
    }
    const { fingerprint, from, until } = shown
    const seenAt = clock.now()
    const isSame = known?.fingerprint === fingerprint && known.place === place
    if (isSame && Math.abs(seenAt.getTime() - known.seenAt.getTime()) < writtenEveryMs) return false
    await certificates.put({ ...holder, place, fingerprint, from, until, seenAt })
    return !isSame
  }

  return async (holder, place, shown) => {
    try {
      return await note(holder, place, shown)
    } catch (error) {
      log.warn('certificate not noted', { of: holder.of, place, why: messageOf(error) })
      return false
    }
  }
}
