import type { Command } from 'commander'
import { RedomaError } from '../../core/errors.ts'
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
import { writeAll } from '../write-all.ts'

interface CatOptions extends PlaceOptions, LockOptions {
  readonly source?: string
  readonly host?: string
}

export function defineBackupCat(group: Command, context: Context): void {
  withReadingOptions(
    group
      .command('cat')
      .description('print a file of a snapshot')
      .argument('<snapshot:path>', 'latest, or the beginning of an id; and the file')
      .option('--source <name>', 'the source whose latest snapshot is meant')
      .option(
        '--host <name>',
        'the host whose latest snapshot is meant (default: this one; with --repository the only one there)',
      ),
  )
    .addHelpText('after', example('redoma backup cat latest:/etc/ssh/sshd_config --source system'))
    .action(async (text: string, options: CatOptions) => {
      const { services, signal, terminal } = context
      const { snapshot, path } = parseSnapshotPath(text)
      if (path === undefined) {
        throw new RedomaError('USAGE', 'which file?', {
          hint: `Write it behind the snapshot: ${snapshot}:/etc/hosts`,
        })
      }
      await using places = await placesToRead(context, options)
      const { access, id } = await findCopy(context, places, { snapshot, ...meant(context, options) })
      const browse = await services.browseSystem()
      const content = browse.read(access, { snapshot: id, path }, signal)
      const isTerminal = terminal.stdout.isTTY === true
      await writeAll(terminal.stdout, isTerminal ? textOnly(content) : content, signal)
    })
}

/** What could steer the terminal does not reach it: a file of a snapshot is other people's bytes. */
async function* textOnly(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const part of content) {
    if (part.some((byte) => byte < 0x20 && !harmless.has(byte))) {
      throw new RedomaError('USAGE', 'this is no plain text, and standard output is a terminal', {
        hint: 'Send it elsewhere: redoma backup cat … > FILE',
      })
    }
    yield part
  }
}

/** Tab, line feed, form feed, carriage return. */
const harmless = new Set([0x09, 0x0a, 0x0c, 0x0d])
