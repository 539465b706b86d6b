import { createHash } from 'node:crypto'
import { type CoverageLine, coverageStates } from '../../../app/coverage/judge-credential.ts'
import type { CoverageReport, CoverageSummary } from '../../../app/coverage/report-coverage.ts'
import { wholeVault } from '../../../ports/bundle-store.ts'
import { formatTime } from '../../figures.ts'
import { coverageStyle } from './coverage-style.ts'
import { bundleWords, conditionWords, isInOrder, stateWords } from './words.ts'

/** A page by itself: no script, nothing from elsewhere, and a policy that lets a browser ask for nothing. */
export async function* coverageHtml(report: CoverageReport): AsyncGenerator<string> {
  yield head(report.summary)
  yield summary(report.summary)
  for (const state of coverageStates) {
    if (state === 'covered') continue
    yield* section(report, stateWords[state], (line) => line.state === state)
  }
  const emptied = { title: 'Covered, with something wrong', means: 'The bundle has what there is.' }
  yield* section(report, emptied, (line) => line.state === 'covered' && !isInOrder(line))
  yield* section(report, stateWords.covered, isInOrder)
  yield '</main></body></html>\n'
}

function head({ instance, at, scope }: CoverageSummary): string {
  const hash = createHash('sha256').update(coverageStyle).digest('base64')
  const part = scope === undefined ? '' : ` (${scope === wholeVault ? 'bundles of the whole vault' : scope})`
  const title = text(`Coverage of ${instance}${part}`)
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${hash}'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title><style>${coverageStyle}</style></head>
<body><main><h1>${title}</h1>
<p class="quiet">Which credential is in which break-glass bundle, as of ${text(formatTime(at))}. No secret is in this page.</p>
`
}

function summary({ states, conditions, unreadable, bundles, doubtful }: CoverageSummary): string {
  const counted = coverageStates
    .toReversed()
    .map((state) => tile(stateWords[state].title, states[state], state))
  const more = [
    tile('empty: no secret', conditions.empty, 'empty'),
    tile('damaged', conditions.damaged, 'damaged'),
    tile('bundles at the destinations', bundles, 'bundles'),
    ...(doubtful === 0 ? [] : [tile('of them in doubt', doubtful, 'doubtful')]),
  ]
  const alarms = unreadable.map(
    ({ source, message }) =>
      `<p class="alarm"><strong>${text(source)} could not be read:</strong> ${text(message)}</p>\n`,
  )
  return `<dl>${[...counted, ...more].join('')}</dl>\n${alarms.join('')}`
}

function tile(title: string, number: number, kind: string): string {
  const none = number === 0 ? ' none' : ''
  return `<div class="${kind}${none}"><dt>${title}</dt><dd>${number.toLocaleString('en-US')}</dd></div>`
}

async function* section(
  report: CoverageReport,
  { title, means }: { readonly title: string; readonly means: string },
  belongs: (line: CoverageLine) => boolean,
): AsyncGenerator<string> {
  let number = 0
  for await (const line of report.lines()) {
    if (!belongs(line)) continue
    if (number === 0) {
      yield `<section><h2>${title[0]?.toUpperCase() ?? ''}${title.slice(1)}</h2><p class="quiet">${means}</p>
<table><thead><tr><th>Folder</th><th>Title</th><th>User</th><th>Host</th><th>Condition</th><th>Bundle</th><th>Made</th><th>Lies at</th></tr></thead><tbody>
`
    }
    number += 1
    yield row(line)
  }
  if (number > 0) yield '</tbody></table></section>\n'
}

function row({ source, id, facts, condition, damage, last, scopes }: CoverageLine): string {
  const { folder, title, user, host, kind, owner } = facts
  const more = [`${source}: ${id}`, kind, owner].filter((part) => part !== undefined).join(' · ')
  const cells = [
    folder,
    undefined,
    user,
    host,
    damage ?? conditionWords[condition],
    bundleWords({ last, scopes }),
  ]
  const made = last === undefined ? '' : formatTime(last.time)
  const [first, , ...others] = [...cells, made, last?.destinations.join(', ')].map(
    (cell) => `<td>${text(cell ?? '')}</td>`,
  )
  return `<tr class="${condition}">${first ?? ''}<th scope="row" title="${text(more)}">${text(title)}</th>${others.join('')}</tr>\n`
}

function text(words: string): string {
  const names: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  }
  return words.replace(/[&<>"']/g, (character) => names[character] ?? '')
}
