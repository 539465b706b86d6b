import { RedomaError } from '../core/errors.ts'
import type { Destination } from '../ports/destination.ts'
import { type Wrapped, wrap } from './wrapping.ts'

/** A destination of which one only reads: for restores and verification, which have no business to change a copy. */
export function readOnly<Inner extends Destination>(inner: Inner): Wrapped<Inner> {
  return wrap(inner, (whole) => ({
    get: (...words) => whole.get(...words),
    list: (...words) => whole.list(...words),
    readInto: (...words) => whole.readInto(...words),
    space: (...words) => whole.space(...words),
    put: (name) => refuse(`${name} is not put`),
    remove: (name) => refuse(`${name} is not removed`),
    flush: () => refuse('nothing is flushed'),
  }))
}

async function refuse(what: string): Promise<never> {
  throw new RedomaError('DESTINATION_READ_ONLY', `${what}: the destination was opened for reading only`)
}
