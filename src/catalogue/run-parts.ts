import { z } from 'zod'
import type { ErrorCode } from '../core/errors.ts'

/*
 * The parts of a run that are kept as JSON.
 */

/** Codes are public and never removed, so one that an older Redoma wrote is known; a newer catalogue is not opened. */
const errorCode = z
  .string()
  .regex(/^[A-Z][A-Z_]+$/)
  .transform((code) => code as ErrorCode)

export const failure = z.object({ code: errorCode, message: z.string(), hint: z.string().optional() })

export const partOutcome = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('done') }),
  z.object({ kind: z.literal('done-with-warnings'), warnings: z.array(z.string()) }),
  z.object({ kind: z.literal('failed'), failure }),
])

const amount = z.number().nonnegative()

export const figures = z.object({ items: amount, itemsNew: amount, bytes: amount, bytesStored: amount })
