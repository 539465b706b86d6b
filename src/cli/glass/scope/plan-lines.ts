import type { KeptScope } from '../../../app/scopes/keep-scope.ts'
import type { ScopePlan } from '../../../app/scopes/plan-scope.ts'
import { selectorsOf } from '../../../app/scopes/take-in.ts'
import type { Scope } from '../../../ports/scope.ts'
import { count } from '../../figures.ts'
import { printable } from '../../printable.ts'
import type { Style } from '../../style.ts'
import { facts, table } from '../../table.ts'

/** What a scope takes in, and with `all` each credential of it. */
export function planLines({ scope, plan }: KeptScope, all: boolean, style: Style): string[] {
  const rows = plan.credentials.map(({ folder, title, owner, source }) =>
    [folder ?? '–', title, owner ?? '–', source].map(printable),
  )
  const columns = ['FOLDER', 'TITLE', 'OWNER', 'SOURCE'].map((title) => ({ title }))
  const list = all && rows.length > 0 ? [...table(columns, rows, style), ''] : []
  return [...list, ...facts(pairsOf(scope, plan), style), ...sharedLines(plan)]
}

function pairsOf(scope: Scope, { credentials, ofAll }: ScopePlan): [string, string][] {
  return [
    ['scope', scope.name],
    ['takes in', selectionWords(scope)],
    ['now', `${credentials.length} of ${count(ofAll, 'credential')}`],
    ['sealed to', scope.hasOwnKey ? 'a recovery key of its own' : 'the recovery key of the whole vault'],
    ['in the whole bundle', scope.isExclusive ? 'no, as long as it has one of its own' : 'yes, too'],
  ]
}

function sharedLines({ shared }: ScopePlan): string[] {
  return shared.map(({ scope, credentials }) => {
    const are = credentials === 1 ? 'credential is' : 'credentials are'
    return `${credentials} ${are} in the scope ${scope.name}, too.`
  })
}

/** `folder "network", tag "router"` */
export function selectionWords(scope: Scope): string {
  return selectorsOf(scope)
    .map(({ kind, value }) => `${kind} ${printable(value)}`)
    .join(', ')
}

export function scopeJson({ createdAt, changedAt, ...scope }: Scope): object {
  return { ...scope, createdAt: createdAt.toISOString(), changedAt: changedAt.toISOString() }
}

export function planJson({ scope, plan }: KeptScope): object {
  return {
    scope: scopeJson(scope),
    takesIn: plan.credentials.length,
    ofAll: plan.ofAll,
    credentials: plan.credentials,
    unmatched: plan.unmatched,
    shared: plan.shared.map(({ scope: { name }, credentials }) => ({ scope: name, credentials })),
  }
}
