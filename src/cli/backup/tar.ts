import { resolve } from 'node:path'
import type { Command } from 'commander'
import { RedomaError } from '../../core/errors.ts'
import type { FileProblem } from '../../repository/repository.ts'
import type { Context } from '../context.ts'
import { example } from '../help.ts'
import { findCopy, meant } from '../restore/find-copy.ts'
import { parseSnapshotPath } from '../restore/snapshot-path.ts'
import {
  type LockOptions,
  type PlaceOptions,
  placesToRead,
  withReadingOptions,
} from '../restore/where-to-look.ts'
import { warn } from '../warn.ts'
import { writeAll } from '../write-all.ts'
import { writeFile } from '../write-file.ts'

interface TarOptions extends PlaceOptions, LockOptions {
  readonly source?: string
  readonly host?: string
  readonly out?: string
}

export function defineBackupTar(group: Command, context: Context): void {
  withReadingOptions(
    group
      .command('tar')
      .description('print a snapshot, or a folder of it, as a tar')
      .argument('<snapshot[:path]>', 'latest, or the beginning of an id; and a folder in it')
      .option('--source <name>', 'the source whose latest snapshot is meant')
      .option(
        '--host <name>',
        'the host whose latest snapshot is meant (default: this one; with --repository the only one there)',
      ),
  )
    .option('-o, --out <file>', 'write it to this file, which is there when it is whole')
    .addHelpText(
      'after',
      example(
        "redoma backup tar latest:/srv/www | tar -x --xattrs --xattrs-include='*' -C DIR",
        'redoma backup tar 1f3a9c2e --out system.tar',
      ),
    )
    .action(async (text: string, options: TarOptions) => {
      const { services, signal, terminal } = context
      const { out } = options
      if (out === undefined && terminal.stdout.isTTY === true) {
        throw new RedomaError('USAGE', 'a tar is not for a terminal', { hint: 'Add --out FILE, or | tar -t' })
      }
      const { snapshot, path = '/' } = parseSnapshotPath(text)
      await using places = await placesToRead(context, options)
      const { access, id } = await findCopy(context, places, { snapshot, ...meant(context, options) })
      const browse = await services.browseSystem()
      const onProblem = (problem: FileProblem): void => {
        warn(context, problem)
      }
      const tar = browse.tar(access, { snapshot: id, path }, onProblem, signal)
      await (out === undefined
        ? writeAll(terminal.stdout, tar, signal)
        : writeFile(resolve(out), tar, signal))
    })
}
