import { z } from 'zod'
import { RedomaError } from '../../core/errors.ts'
import { goJsonString } from '../encoding/go-json.ts'
import { parseJson } from '../encoding/parse-json.ts'
import { formatTime, parseTime } from '../encoding/rfc3339.ts'

/** Who works on a repository, and whether it wants to be alone. */
export interface Lock {
  /** When it was written: a lock is refreshed by writing another. */
  readonly timeNs: bigint
  readonly exclusive: boolean
  readonly hostname: string
  readonly username: string
  readonly pid: number
  /**
   * Which program it is, where there is more to say than a number that is used again: see `process-table.ts`. A field of our own;
   * restic passes over it, and its locks have none.
   */
  readonly program?: string | undefined
  /** The lease that its holder worked under: see `Locking`. Ours too. */
  readonly lease?: string | undefined
}

const schema = z.object({
  time: z.string(),
  exclusive: z.boolean().default(false),
  hostname: z.string().default(''),
  username: z.string().default(''),
  pid: z.number().int().default(0),
  redoma_program: z.string().optional(),
  redoma_lease: z.string().optional(),
})

export function encodeLock(lock: Lock): Uint8Array {
  const fields = [
    `"time":"${formatTime(lock.timeNs)}"`,
    `"exclusive":${String(lock.exclusive)}`,
    `"hostname":${goJsonString(lock.hostname)}`,
    `"username":${goJsonString(lock.username)}`,
    `"pid":${lock.pid}`,
    ...(lock.program === undefined ? [] : [`"redoma_program":${goJsonString(lock.program)}`]),
    ...(lock.lease === undefined ? [] : [`"redoma_lease":${goJsonString(lock.lease)}`]),
  ]
  return new Uint8Array(Buffer.from(`{${fields.join()}}`))
}

/** @throws RedomaError `DATA_DAMAGED` */
export function decodeLock(json: Uint8Array): Lock {
  const parsed = schema.safeParse(parseJson(json))
  if (!parsed.success) throw new RedomaError('DATA_DAMAGED', 'not a lock', { cause: parsed.error })
  const { time, redoma_program: program, redoma_lease: lease, ...same } = parsed.data
  return { ...same, timeNs: parseTime(time), program, lease }
}
