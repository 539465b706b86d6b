import type { Generation } from '../../ports/catalogue.ts'

/** What `--json` says of a recovery key. */
export function generationJson({ number, profile, recipient, fingerprint, heldAt }: Generation): object {
  return { generation: number, profile, recipient, fingerprint, heldAt: heldAt.toISOString() }
}
