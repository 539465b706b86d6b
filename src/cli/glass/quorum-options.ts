import type { NamedScheme } from '../../bundle/ceremony/make-key.ts'
import { RedomaError } from '../../core/errors.ts'
import { requireScheme } from '../../crypto/slip39/split-secret.ts'
import type { Guardian } from '../../ports/guardian.ts'
import { parseCount } from '../parse.ts'

export interface QuorumOptions {
  readonly quorum?: string
  readonly group?: readonly string[]
  readonly groupsNeeded?: string
  readonly seal?: readonly string[]
}

/**
 * Who must come together, as the words of a command say it; nothing where they do not speak of a quorum.
 *
 * @throws RedomaError `USAGE`
 */
export function schemeOf({ quorum, group = [], groupsNeeded }: QuorumOptions): NamedScheme | undefined {
  if (quorum !== undefined && group.length > 0) {
    throw new RedomaError(
      'USAGE',
      'a quorum is of one group (--quorum 3/5) or of several (--group NAME=2/3), not both',
    )
  }
  if (quorum === undefined && group.length === 0) {
    if (groupsNeeded !== undefined)
      throw new RedomaError('USAGE', '--groups-needed is for groups: --group NAME=2/3')
    return undefined
  }
  const groups =
    quorum === undefined ? group.map(parseGroup) : [{ name: 'guardians', ...parseQuorum(quorum) }]
  const names = new Set(groups.map(({ name }) => name))
  if (names.size < groups.length) throw new RedomaError('USAGE', 'two groups have the same name')
  const groupThreshold = groupsNeeded === undefined ? groups.length : parseCount(groupsNeeded, 1)
  const scheme = { groupThreshold, groups }
  requireScheme(scheme)
  return scheme
}

/** `3=age1…`: by the number of a share, the key that it is sealed to. @throws RedomaError `USAGE`, also for one that is named twice */
export function sealedToOf(
  { seal = [] }: QuorumOptions,
  scheme: NamedScheme,
  keepers: ReadonlyMap<number, Guardian>,
): ReadonlyMap<number, string> {
  const count = countShares(scheme)
  return byNumber(
    '--seal',
    seal.map((text) => {
      const [, number, given] = /^(\d{1,3})(?:=(.+))?$/s.exec(text) ?? []
      const key = given ?? keepers.get(Number(number))?.publicKey
      if (number === undefined || key === undefined || Number(number) < 1 || Number(number) > count) {
        throw new RedomaError(
          'USAGE',
          `--seal takes the number of a share (1 to ${count}) and a public key`,
          {
            hint: '--seal 3=age1…, --seal "3=ssh-ed25519 AAAA…", or --seal 3 where its guardian (--for) has a key.',
          },
        )
      }
      return [Number(number), key.trim()] as const
    }),
  )
}

/**
 * `1=Ana`: by the number of a share, the guardian who is to keep it.
 *
 * @throws RedomaError `USAGE`, `NOT_FOUND`
 */
export function keepersOf(
  { for: names = [] }: { readonly for?: readonly string[] },
  guardians: readonly Guardian[],
): ReadonlyMap<number, Guardian> {
  return byNumber(
    '--for',
    names.map((text) => {
      const [, number, name] = /^(\d{1,3})=(.+)$/s.exec(text) ?? []
      if (number === undefined || name === undefined) {
        throw new RedomaError('USAGE', '--for takes the number of a share and the name of a guardian', {
          hint: '--for "1=Ana Lima"',
        })
      }
      const guardian = guardians.find((one) => one.name === name.trim())
      if (guardian !== undefined) return [Number(number), guardian] as const
      throw new RedomaError('NOT_FOUND', `there is no guardian ${JSON.stringify(name)}`, {
        hint: 'redoma glass guardian add NAME',
      })
    }),
  )
}

function byNumber<Value>(
  option: string,
  entries: readonly (readonly [number, Value])[],
): ReadonlyMap<number, Value> {
  const all = new Map(entries)
  if (all.size === entries.length) return all
  const twice = entries.find(([number], at) => entries.findIndex(([other]) => other === number) < at)
  throw new RedomaError('USAGE', `${option} names share ${twice?.[0] ?? ''} twice`)
}

export function countShares({ groups }: NamedScheme): number {
  return groups.reduce((sum, { count }) => sum + count, 0)
}

function parseGroup(text: string): NamedScheme['groups'][number] {
  const [, name, quorum] = /^(.{1,100})=([^=]*)$/.exec(text) ?? []
  if (name === undefined || quorum === undefined || name.trim() === '') {
    throw new RedomaError('USAGE', `${JSON.stringify(text)} is not a group`, {
      hint: 'Groups look like board=2/3.',
    })
  }
  return { name: name.trim(), ...parseQuorum(quorum) }
}

function parseQuorum(text: string): { readonly threshold: number; readonly count: number } {
  const [, threshold, count] = /^(\d{1,3})\/(\d{1,3})$/.exec(text.trim()) ?? []
  if (threshold === undefined || count === undefined) {
    throw new RedomaError('USAGE', `${JSON.stringify(text)} is not a quorum`, {
      hint: 'A quorum looks like 3/5: any three of five.',
    })
  }
  return { threshold: Number(threshold), count: Number(count) }
}
