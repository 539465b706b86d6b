import { isAbsolute, join, normalize } from 'node:path'
import { RedomaError } from '../core/errors.ts'
import { withoutLast } from '../core/without-last.ts'
import type { DestinationRecord } from '../ports/catalogue.ts'
import { type DestinationSpec, type LocalSpec, locationOf } from '../ports/destination-spec.ts'
import { usage } from './entry-name.ts'
import { isWithin } from './is-within.ts'
import { locationOfRepository } from './system-repository.ts'

/**
 * What a place must be like whatever there is of it: a plain path outside of the instance's folder, and nobody else's.
 *
 * @throws RedomaError `USAGE`, `ALREADY_EXISTS`
 */
export function checkedSpec(
  home: string,
  wanted: DestinationSpec,
  others: readonly DestinationRecord[],
): DestinationSpec {
  const spec = wanted.kind === 'local' ? checkedLocal(home, wanted) : wanted
  for (const other of others) {
    if (locationOf(other.spec) === locationOf(spec))
      throw new RedomaError('ALREADY_EXISTS', `the destination ${other.name} has this place already`)
    if (locationOfRepository(other.spec) === locationOfRepository(spec))
      throw hasItAlready(other, locationOfRepository(spec))
  }
  return spec
}

/** Of one repository by two destinations, one backup would be two copies in name only. */
export function hasItAlready({ name }: DestinationRecord, repository: string): RedomaError {
  return new RedomaError(
    'ALREADY_EXISTS',
    `the destination ${name} uses the repository ${repository} already`,
  )
}

function checkedLocal(home: string, spec: LocalSpec): LocalSpec {
  const path = checkedPath(home, spec.path)
  if (spec.repository === undefined) return { ...spec, path }
  const repository = checkedPath(home, spec.repository)
  if (repository === path || repository === join(path, 'system'))
    throw usage(`the repository of others cannot be ${repository}: in ${path} is what this host has alone`)
  return { ...spec, path, repository }
}

function checkedPath(home: string, path: string): string {
  if (!isAbsolute(path)) throw usage(`the path must begin with /, not ${JSON.stringify(path)}`)
  const plain = withoutLast(normalize(path), '/')
  if (plain === '') throw usage('copies cannot go to /: name a folder')
  if (isWithin(plain, home))
    throw usage(
      `copies cannot go to ${plain}: it is in the folder of the instance, ${home}, and would be lost with it`,
    )
  return plain
}
