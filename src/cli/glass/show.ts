import type { Command } from 'commander'
import { ledgerSignerOf } from '../../app/ledger-signer.ts'
import type { ReadinessReport } from '../../app/readiness.ts'
import { noCeremony } from '../../app/scopes/scope-key.ts'
import { schemeWords } from '../../bundle/ceremony/scheme-words.ts'
import { parseShareList } from '../../bundle/shares/share-list.ts'
import type { Generation } from '../../ports/catalogue.ts'
import type { Context } from '../context.ts'
import { formatTime } from '../figures.ts'
import { example } from '../help.ts'
import { printable } from '../printable.ts'
import { facts } from '../table.ts'
import { readinessLines, shareTable } from './drill/readiness-lines.ts'
import { readinessJson } from './drill/status.ts'
import { fingerprintFact } from './fingerprint-lines.ts'
import { generationJson } from './json.ts'

export function defineGlassShow(group: Command, context: Context): void {
  group
    .command('show')
    .description('show the public side of the recovery key: compare the fingerprints with the card')
    .option('--scope <name>', 'of a scope that has a key of its own')
    .option('--json', 'print all generations as JSON, newest first')
    .addHelpText('after', example('redoma glass show', 'redoma glass show --scope finance'))
    .action(async (options: { json?: true; scope?: string }) => {
      await using instance = await context.services.openInstance()
      const { scope } = options
      const all = await instance.catalogue.generations.list()
      const generations = options.json && scope === undefined ? all : all.filter((one) => one.scope === scope)
      const { terminal } = context
      if (options.json) {
        const report = await instance.reportReadiness(scope)
        terminal.printJson(
          generations.map((one) =>
            one.number === report?.readiness.generation ? currentJson(one, report) : generationJson(one),
          ),
        )
        return
      }
      const [current] = generations
      if (current === undefined) {
        throw noCeremony(scope)
      }
      const signer = await ledgerSignerOf(instance.catalogue)
      terminal.print(...facts([...factsOf(current), ['ledger signer', signer]], terminal.style))
      const report = await instance.reportReadiness(scope)
      if (report === undefined) return
      const now = context.clock.now()
      const shares = shareTable(report, now, terminal.style)
      terminal.say(
        '',
        ...shares,
        ...(shares.length > 0 ? [''] : []),
        ...readinessLines(report, now, terminal.style),
      )
    })
}

function currentJson(current: Generation, report: ReadinessReport | undefined): object {
  return { ...generationJson(current), ...(report === undefined ? {} : { readiness: readinessJson(report) }) }
}

function factsOf(current: Generation): [string, string][] {
  return [
    ['generation', String(current.number)],
    ...(current.scope === undefined ? [] : [['scope', current.scope] satisfies [string, string]]),
    ['profile', current.profile],
    ['held', formatTime(current.heldAt)],
    ['opened by', waysOf(current)],
    ['recipient', current.recipient],
    ['fingerprint', fingerprintFact(current.fingerprint)],
  ]
}

function waysOf({ passwordFile, quorum }: Generation): string {
  const ways = [
    ...(passwordFile === undefined ? [] : ['the master password']),
    ...(quorum === undefined ? [] : [schemeWords(parseShareList(quorum.shareList))]),
  ]
  return printable(ways.join(', or '))
}
