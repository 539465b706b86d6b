import { fieldsOf, flagIn, optionalCountIn, optionalTextIn, textIn } from '../encoding/fields.ts'
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
  const fields = fieldsOf(parseJson(json))
  return {
    timeNs: parseTime(textIn(fields, 'time')),
    exclusive: flagIn(fields, 'exclusive'),
    hostname: optionalTextIn(fields, 'hostname') ?? '',
    username: optionalTextIn(fields, 'username') ?? '',
    pid: optionalCountIn(fields, 'pid') ?? 0,
    program: optionalTextIn(fields, 'redoma_program'),
    lease: optionalTextIn(fields, 'redoma_lease'),
  }
}
