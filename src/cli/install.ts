import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { Installed, InstallRequest } from '../app/service/install-service.ts'
import type { Context } from './context.ts'
import { example } from './help.ts'
import { printable } from './printable.ts'

interface InstallOptions {
  readonly user?: string
  readonly prefix: string
  readonly writable?: readonly string[]
  readonly force?: true
  readonly dryRun?: true
  readonly uninstall?: true
  readonly json?: true
}

export function defineInstall(command: Command, context: Context): void {
  command
    .option('--user <name>', 'who the service runs as (default: root)')
    .option('--writable <path...>', 'folders that it may write to, beside those of the configuration')
    .option('--prefix <folder>', 'the root of another system, to write the unit for', '/')
    .option('--force', 'write over a unit that was changed by hand; it is kept beside the new one')
    .option('--dry-run', 'print the unit, and write nothing')
    .option('--uninstall', 'stop the service and remove the unit; the instance stays')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      example('redoma install --dry-run', 'redoma install', 'systemctl enable --now redoma'),
    )
    .action((options: InstallOptions) =>
      options.uninstall ? uninstall(options, context) : install(options, context),
    )
}

async function install(options: InstallOptions, context: Context): Promise<void> {
  const { terminal, services } = context
  const installed = await services.installService(requestOf(options))
  if (options.json) {
    const { path, change, keptAt, isKnown, remarks } = installed
    terminal.printJson({ path, change, keptAt, reloaded: isKnown && change !== 'none', remarks })
    return
  }
  for (const remark of installed.remarks)
    terminal.note(`${terminal.noteStyle.yellow('note:')} ${printable(remark)}`)
  if (options.dryRun) terminal.stdout.write(installed.text)
  else terminal.print(...words(installed, context))
}

function words({ path, change, keptAt, isKnown }: Installed, { terminal: { style } }: Context): string[] {
  const what = { made: 'is written', replaced: 'is written anew', none: 'is as it should be' }[change]
  return [
    `${style.green('✓')} ${style.bold(printable(path))} ${what}.`,
    ...(keptAt === undefined ? [] : [`  ${style.dim(`The one before is kept as ${printable(keptAt)}.`)}`]),
    '',
    'Next:',
    ...(isKnown ? [] : ['  systemctl daemon-reload']),
    '  systemctl enable --now redoma      start it, now and with the machine',
    ...(change === 'replaced' ? ['  systemctl restart redoma           where it runs already'] : []),
    '  systemctl status redoma            what it does',
  ]
}

async function uninstall(options: InstallOptions, { terminal, services }: Context): Promise<void> {
  const { path, wasThere } = await services.uninstallService(requestOf(options))
  if (options.json) {
    terminal.printJson({ path, removed: wasThere && !options.dryRun })
    return
  }
  const what = wasThere ? (options.dryRun ? 'would be removed' : 'is removed') : 'is not there'
  terminal.print(
    `${terminal.style.bold(printable(path))} ${what}. The instance in ${printable(services.home)} stays.`,
  )
}

function requestOf({ user, prefix, writable = [], force, dryRun }: InstallOptions): InstallRequest {
  return {
    user: user === 'root' ? undefined : user,
    prefix: resolve(prefix),
    writable: writable.map((path) => resolve(path)),
    force: force === true,
    dryRun: dryRun === true,
  }
}
