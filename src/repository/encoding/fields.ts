import { RedomaError } from '../../core/errors.ts'

/*
 * The few ways in which the JSON of a repository is taken apart (config, keys, locks, snapshots, trees). By hand, since
 * every command reads them before anything else, and to load a library of schemas takes longer than all of that.
 */

/** The fields of a JSON object; `null` stands for absent, as Go reads it. */
export type Fields = Readonly<Record<string, unknown>>

/** @throws RedomaError `DATA_DAMAGED`, as all here */
export function fieldsOf(value: unknown): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields
  throw damaged('an object is missing')
}

export function isAbsent(value: unknown): value is null | undefined {
  return value === null || value === undefined
}

export function textIn(fields: Fields, name: string): string {
  const value = fields[name]
  if (typeof value === 'string') return value
  throw damaged(`"${name}" is not a text`)
}

export function optionalTextIn(fields: Fields, name: string): string | undefined {
  return isAbsent(fields[name]) ? undefined : textIn(fields, name)
}

export function textsIn(fields: Fields, name: string): string[] | undefined {
  const value = fields[name]
  if (isAbsent(value)) return undefined
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value
  throw damaged(`"${name}" is not a list of texts`)
}

/** Not negative, and small enough for a JavaScript number. */
export function countIn(fields: Fields, name: string): number {
  const value = fields[name]
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
  throw damaged(`"${name}" is not a count`)
}

export function optionalCountIn(fields: Fields, name: string): number | undefined {
  return isAbsent(fields[name]) ? undefined : countIn(fields, name)
}

export function flagIn(fields: Fields, name: string): boolean {
  const value = fields[name] ?? false
  if (typeof value === 'boolean') return value
  throw damaged(`"${name}" is neither true nor false`)
}

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/** Of standard base64 with padding. */
export function bytesIn(fields: Fields, name: string): Uint8Array {
  const text = textIn(fields, name)
  // The text is not quoted: it may be a key.
  if (!base64.test(text)) throw damaged(`"${name}" is not base64`)
  return new Uint8Array(Buffer.from(text, 'base64'))
}

function damaged(what: string): RedomaError {
  return new RedomaError('DATA_DAMAGED', `what the repository says is damaged: ${what}`)
}
