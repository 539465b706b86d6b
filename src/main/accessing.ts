import type { Access } from '../cli/services.ts'
import { readOnly } from '../destinations/read-only.ts'
import type { Destination } from '../ports/destination.ts'

/** A destination as its user may use it. */
export function accessing(destination: Destination, access: Access): Destination {
  return access === 'reading' ? readOnly(destination) : destination
}
