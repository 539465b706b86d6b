import { RedomaError } from '../../core/errors.ts'
import type { Catalogue, Generation } from '../../ports/catalogue.ts'
import type { Scope } from '../../ports/scope.ts'

/** @throws RedomaError `NOT_FOUND`; `USAGE` for a scope that is sealed to the key of the whole vault */
export async function requireOwnKey(
  { scopes }: Pick<Catalogue, 'scopes'>,
  name: string | undefined,
): Promise<void> {
  if (name === undefined || (await scopes.get(name)).hasOwnKey) return
  throw new RedomaError('USAGE', `the scope ${name} is sealed to the recovery key of the whole vault`, {
    hint: `redoma glass scope edit ${name} --own-key lets it have one of its own.`,
  })
}

/** The key that a scope's bundles are sealed to now; `undefined` before its ceremony. */
export async function keyOf(
  { generations }: Pick<Catalogue, 'generations'>,
  scope: Scope,
): Promise<Generation | undefined> {
  return generations.current(scope.hasOwnKey ? scope.name : undefined)
}

/** What cards and lists of shares call the instance where the key is of a part of it: `vault-1 (finance)`. */
export function nameOnPaper(instance: string, scope: string | undefined): string {
  return scope === undefined ? instance : `${instance} (${scope})`
}

export function noCeremony(scope?: string): RedomaError {
  return scope === undefined
    ? new RedomaError(
        'CEREMONY_MISSING',
        'no ceremony was held, so there is no recovery key to seal secrets to',
        { hint: 'redoma glass ceremony --out DIR' },
      )
    : new RedomaError(
        'CEREMONY_MISSING',
        `no ceremony was held for the scope ${scope}, so it has no bundle; what it takes in is in that of the whole vault`,
        { hint: `redoma glass ceremony --scope ${scope} --out DIR` },
      )
}
