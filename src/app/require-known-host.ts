import { RedomaError } from '../core/errors.ts'
import { type DestinationSpec, locationOf } from '../ports/destination-spec.ts'
import type { Machine } from '../ports/machine.ts'
import { hostOfJump } from './on-this-machine.ts'

/**
 * Looks whether there is a host of this name, before it is asked for again and again as one that may come back: who adds a destination has
 * perhaps mistyped it.
 *
 * @throws RedomaError `DESTINATION_UNREACHABLE`
 */
export async function requireKnownHost(
  machine: Pick<Machine, 'addressesOf'>,
  spec: DestinationSpec,
): Promise<void> {
  const host = hostAskedFor(spec)
  if (host === undefined || (await machine.addressesOf(host)).length > 0) return
  throw new RedomaError('DESTINATION_UNREACHABLE', `${locationOf(spec)}: nobody knows a host ${host}`, {
    hint: 'Is the name right, and does the name service answer?',
  })
}

/** That this machine has to know itself: what is behind a jump host, the jump host knows. */
function hostAskedFor(spec: DestinationSpec): string | undefined {
  switch (spec.kind) {
    case 'local':
      return undefined
    case 'cifs':
    case 'nfs':
      return spec.host
    case 'rsync':
      return spec.jump === undefined ? spec.host : hostOfJump(spec.jump)
    case 's3': {
      const host = new URL(spec.endpoint).hostname.replace(/^\[(.*)\]$/, '$1')
      return spec.style === 'virtual' ? `${spec.bucket}.${host}` : host
    }
  }
}
