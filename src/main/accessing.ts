import type { Access } from '../cli/services.ts'
import { readOnly } from '../destinations/read-only.ts'
import type { Wrapped } from '../destinations/wrapping.ts'
import type { Destination } from '../ports/destination.ts'

/** A destination as its user may use it. */
export function accessing<Inner extends Destination>(
  destination: Inner,
  access: Access,
): Inner | Wrapped<Inner> {
  return access === 'reading' ? readOnly(destination) : destination
}
