import type { Generation } from '../../ports/catalogue.ts'

/** What `--json` says of a recovery key. */
export function generationJson({
  number,
  scope,
  profile,
  recipient,
  fingerprint,
  heldAt,
}: Generation): object {
  return { generation: number, scope, profile, recipient, fingerprint, heldAt: heldAt.toISOString() }
}
