import { z } from 'zod'
import { RedomaError } from '../../core/errors.ts'
import { goJsonString } from '../encoding/go-json.ts'
import { parseJson } from '../encoding/parse-json.ts'
import { formatTime, nsOfDate, parseTime } from '../encoding/rfc3339.ts'

/** Who works on a repository, and whether it wants to be alone. */
export interface Lock {
  readonly timeNs: bigint
  readonly exclusive: boolean
  readonly hostname: string
  readonly username: string
  readonly pid: number
}

const schema = z.object({
  time: z.string(),
  exclusive: z.boolean().default(false),
  hostname: z.string().default(''),
  username: z.string().default(''),
  pid: z.number().int().default(0),
})

export function encodeLock(lock: Lock): Uint8Array {
  const who = `"hostname":${goJsonString(lock.hostname)},"username":${goJsonString(lock.username)}`
  const json = `{"time":"${formatTime(lock.timeNs)}","exclusive":${String(lock.exclusive)},${who},"pid":${lock.pid}}`
  return new Uint8Array(Buffer.from(json))
}

/** @throws RedomaError `DATA_DAMAGED` */
export function decodeLock(json: Uint8Array): Lock {
  const parsed = schema.safeParse(parseJson(json))
  if (!parsed.success) throw new RedomaError('DATA_DAMAGED', 'not a lock', { cause: parsed.error })
  const { time, ...same } = parsed.data
  return { ...same, timeNs: parseTime(time) }
}

const staleAfterMs = 30 * 60 * 1000

/** A lock that was not refreshed for half an hour belongs to a program that died, and so does one of a process of this host that is gone. */
export function isStale(
  lock: Lock,
  now: Date,
  here: { readonly hostname: string; readonly isRunning: (pid: number) => boolean },
): boolean {
  if (nsOfDate(now) - lock.timeNs > BigInt(staleAfterMs) * 1_000_000n) return true
  return lock.hostname === here.hostname && !here.isRunning(lock.pid)
}
