import { resolve } from 'node:path'
import type { Command } from 'commander'
import { RedomaError } from '../../core/errors.ts'
import type { Context } from '../context.ts'
import { example } from '../help.ts'
import { printable } from '../printable.ts'

interface Options {
  readonly off?: true
  readonly json?: true
}

/** Of this machine, and so in no file of `config export`. */
export function defineConfigRestoreRoot(group: Command, context: Context): void {
  group
    .command('restore-root')
    .description('show or change the folder of this machine that is restored to over the network')
    .argument('[folder]', 'a folder of its own, which its owner alone may enter (0700)')
    .option('--off', 'none: over the network nothing is restored')
    .option('--json', 'print it as JSON')
    .addHelpText(
      'after',
      `${example('install -d -m 0700 /srv/restore; redoma config restore-root /srv/restore')}
It counts at once; a service may write there when its unit was written anew: redoma install; systemctl restart redoma`,
    )
    .action(async (folder: string | undefined, { off, json }: Options) => {
      const { services, terminal } = context
      if (folder !== undefined && off === true)
        throw new RedomaError('USAGE', 'it is either a folder or --off')
      await using instance = await services.openInstance()
      const root = await instance.restoreRoot()
      if (off === true) await root.set(undefined)
      else if (folder !== undefined) await root.set(resolve(folder))
      const kept = await root.read()
      if (json) terminal.printJson({ root: kept ?? null })
      else
        terminal.print(kept === undefined ? none : `Over the network, restores go below ${printable(kept)}.`)
    })
}

const none = 'Over the network nothing is restored.'
