import type { Command } from 'commander'
import { RedomaError } from '../../core/errors.ts'
import type { Timestamping } from '../../ports/timestamping.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { formatTime } from '../figures.ts'
import { example } from '../help.ts'
import { printable } from '../printable.ts'
import { readText } from '../read-text.ts'
import type { OpenInstance } from '../services.ts'

interface TimestampOptions {
  readonly tsa?: string
  readonly tsaCa?: string
  readonly json?: true
}

export function defineGlassTimestamp(group: Command, context: Context): void {
  group
    .command('timestamp')
    .description('have a time-stamping authority (RFC 3161) say that it saw the head of the ledger')
    .argument('<destination>', 'whose ledger')
    .option(
      '--tsa <url>',
      'where the authority answers, http:// or https:// (default: as the configuration says)',
    )
    .option('--tsa-ca <file>', 'the certificates that are trusted (PEM): a stamp of anybody else is refused')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      example('redoma glass timestamp nas --tsa https://tsa.example.org/tsr --tsa-ca tsa-root.pem'),
    )
    .action(async (name: string, options: TimestampOptions) => {
      if (options.tsa !== undefined && !/^https?:\/\/[^\s]+$/.test(options.tsa))
        throw new RedomaError('USAGE', '--tsa is a URL: https://…')
      if (options.tsa === undefined && options.tsaCa !== undefined)
        throw new RedomaError(
          'USAGE',
          '--tsa-ca goes with --tsa: of the configured authority the certificates are configured, too',
        )
      const given = options.tsaCa === undefined ? undefined : await readText(options.tsaCa)
      await using instance = await context.services.openInstance()
      const { authority, certificates } = await chooseAuthority(instance, options.tsa, given)
      const [target] = await instance.targets([name])
      if (target === undefined) throw new RedomaError('NOT_FOUND', `there is no destination ${name}`)
      const stampLedger = await instance.stampLedger()
      const { warnings, ...stamp } = await stampLedger(target, authority, certificates, context.signal)
      const { terminal } = context
      if (options.json) terminal.printJson({ destination: name, ...stamp, warnings })
      else {
        terminal.print(
          `${terminal.style.green('✓')} line ${stamp.sequence} of the ledger at ${printable(name)} was seen ${formatTime(stamp.time)} by ${printable(stamp.authority)}`,
          `  ${stamp.object}`,
          ...(stamp.isTrusted ? [] : ['  Nothing says that this authority is to be trusted: --tsa-ca FILE']),
        )
        for (const warning of warnings)
          terminal.note(`${terminal.noteStyle.yellow('warning:')} ${printable(warning)}`)
      }
      context.finish(warnings.length === 0 ? exitCodes.done : exitCodes.warnings)
    })
}

/** @throws RedomaError `USAGE` where neither the command nor the configuration names one */
async function chooseAuthority(
  { catalogue }: OpenInstance,
  url: string | undefined,
  certificates: string | undefined,
): Promise<Timestamping> {
  const found = url === undefined ? await catalogue.timestamping.get() : { authority: url, certificates }
  if (found !== undefined) return found
  throw new RedomaError('USAGE', 'which authority? --tsa URL, or one in the configuration', {
    hint: 'timestamps: { authority: https://… } in a file for redoma config apply; each backup is stamped then.',
  })
}
