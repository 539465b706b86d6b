import { RedomaError } from '../../core/errors.ts'

/** It is a folder at every destination, some of which take capitals for small letters. */
const pattern = /^[a-z0-9][a-z0-9-]{0,39}$/
/** Words that mean something else where a scope is named. */
const reserved = ['all', 'whole']

/** @throws RedomaError `USAGE` */
export function requireScopeName(name: string): void {
  if (pattern.test(name) && !reserved.includes(name)) return
  throw new RedomaError('USAGE', `${JSON.stringify(name)} is not a name for a scope`, {
    hint: 'It becomes a folder: small letters without accents, digits and "-", 40 at most; not "all" or "whole".',
  })
}
