import type { Destination, MeasuresSpace, ReadsInto } from '../ports/destination.ts'

/** All optional powers of the port. */
type Powers = MeasuresSpace & ReadsInto

/** A wrapper says what becomes of each: one that it forgets does not compile. */
export type Whole = Destination & Powers

/** What is left of a destination that is wrapped: the port, and those powers that it has. */
export type Wrapped<Inner> = Destination & Pick<Inner, Extract<keyof Inner, keyof Powers | symbol>>

const always = Object.keys({
  put: true,
  get: true,
  list: true,
  remove: true,
  flush: true,
} satisfies Record<keyof Destination, true>)
const optional = Object.keys({ space: true, readInto: true } satisfies Record<keyof Powers, true>)

/**
 * Puts a layer around a destination. What is optional is there when it is there inside; closing it closes the inner one.
 *
 * @param makeLayer is given a destination with all powers, and calls of each only what it was called for: one that is not there is not
 */
export function wrap<Inner extends Destination>(
  inner: Inner,
  makeLayer: (inner: Whole) => Whole,
): Wrapped<Inner> {
  const layer = makeLayer(inner as unknown as Whole)
  const present = Object.entries(layer).filter(
    ([name]) => always.includes(name) || (optional.includes(name) && name in inner),
  )
  const close = Symbol.asyncDispose in inner ? { [Symbol.asyncDispose]: () => closeInner(inner) } : {}
  return { ...Object.fromEntries(present), ...close } as Wrapped<Inner>
}

async function closeInner(inner: object): Promise<void> {
  await (inner as AsyncDisposable)[Symbol.asyncDispose]()
}
