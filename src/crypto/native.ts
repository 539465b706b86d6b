import type { FileCalls } from './file-calls.ts'
import { portableFileCalls } from './portable/file-calls.ts'
import { portablePrimitives } from './portable/primitives.ts'
import type { Primitives } from './primitives.ts'

/** The fastest primitives this machine offers. */
export function loadPrimitives(): Primitives {
  return portablePrimitives()
}

/** The most capable file calls this machine offers. */
export function loadFileCalls(): FileCalls {
  return portableFileCalls()
}
