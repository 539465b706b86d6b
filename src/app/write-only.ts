import { RedomaError } from '../core/errors.ts'
import type { DestinationRecord } from '../ports/catalogue.ts'
import { isWriteOnly } from '../ports/destination-spec.ts'

/** Whoever wants something of a destination that is only written to. */
export function onlyWrittenTo({ name }: Pick<DestinationRecord, 'name'>): RedomaError {
  return new RedomaError(
    'DESTINATION_FORBIDDEN',
    `${name} is only written to: nothing there can be read, verified or removed from here`,
    {
      hint: 'Work at the server, or add a destination by an account that may read, for system backups, too.',
    },
  )
}

/** Those that can be read; all where none can, so that whoever needs one is told why it is none. */
export function readableOnes<Item extends { readonly record: DestinationRecord }>(
  items: readonly Item[],
): readonly Item[] {
  const readable = items.filter(({ record }) => !isWriteOnly(record.spec))
  return readable.length > 0 ? readable : items
}

/** What the operator should hear before he counts on such a destination. */
export const costsOfWritingAlone =
  'It is only written to, so nothing there is read back: bundles and recordings count as sent, not as verified; verify them at the server, by the ledger. System backups need to read, and do not go there. Old copies are removed at the server. Whoever has this machine can write over what is there: let the server keep versions that the account cannot reach. Nobody could look whether copies of another instance are there: give each a folder of its own.'
