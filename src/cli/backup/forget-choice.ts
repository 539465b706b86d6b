import type { ForgetChoice } from '../../app/plan-forget.ts'
import { RedomaError } from '../../core/errors.ts'
import { type KeepOptions, parseGroupings, parsePolicy, parseTagList } from './retention-rules.ts'

export interface ForgetWords extends KeepOptions {
  readonly groupBy: string
  readonly source?: readonly string[]
  readonly host?: readonly string[]
  readonly allHosts?: true
  readonly tag?: readonly string[]
  readonly allowEmptied?: true
}

/** What is to be forgotten: these snapshots, or what rules decide; of this host, unless others are named. @throws RedomaError `USAGE` */
export function parseForgetChoice(
  snapshots: readonly string[],
  options: ForgetWords,
  thisHost: string,
): ForgetChoice {
  const policy = parsePolicy(options)
  const { source: sources = [], host, allHosts } = options
  if (host !== undefined && allHosts) throw new RedomaError('USAGE', '--host or --all-hosts: not both')
  const tags = (options.tag ?? []).map(parseTagList)
  // What others in the repository keep is theirs to decide.
  const hosts = host ?? (allHosts ? [] : [thisHost])
  const isNarrowed = [sources, host ?? [], tags].some(({ length }) => length > 0)
  if (snapshots.length > 0) {
    if (policy.length === 0 && !isNarrowed && !allHosts) return { kind: 'named', snapshots }
    throw new RedomaError('USAGE', 'name snapshots, or give rules: not both')
  }
  const allowEmptied = options.allowEmptied === true
  if (policy.length === 0 && !(allowEmptied && isNarrowed)) throw noRule()
  return {
    kind: 'rules',
    policy,
    groupBy: parseGroupings(options.groupBy),
    only: { sources, hosts, tags },
    allowEmptied,
  }
}

function noRule(): RedomaError {
  return new RedomaError('USAGE', 'there is no rule that keeps anything: nothing was removed', {
    hint: 'Give at least one, such as --keep-daily 7. To be rid of all of a source: --source NAME --allow-emptied',
  })
}
