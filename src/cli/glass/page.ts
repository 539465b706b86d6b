import { basename } from 'node:path'
import type { Command } from 'commander'
import { linesOfFiles } from '../../bundle/all-in-one.ts'
import type { Context } from '../context.ts'
import { formatBytes } from '../figures.ts'
import { example } from '../help.ts'
import { printable } from '../printable.ts'

export function defineGlassPage(group: Command, context: Context): void {
  group
    .command('page')
    .description('make a page that has a bundle and what opens it inside, for a stick')
    .argument('<bundle>', 'the .age file, with the identity files beside it')
    .requiredOption('--out <file>', 'where the page goes: a new file, for you alone')
    .addHelpText('after', example('redoma glass page /mnt/copy/secrets/NAME.age --out /media/usb/open.html'))
    .action(async (bundlePath: string, { out }: { readonly out: string }) => {
      const { terminal, services } = context
      const { path, bytes, sha256, files } = await services.makeAllInOne({ bundlePath, outPath: out })
      terminal.print(`${terminal.style.green('✓')} ${printable(path)}, ${formatBytes(bytes)}`)
      for (const name of files) terminal.print(`  ${printable(name)}`)
      terminal.print(`  SHA-256 ${sha256}`)
      terminal.note(
        'Everything in it is encrypted as it was. It opens in a browser, with the password or the cards.',
        'Its SHA-256 is not the one on the cards: that is of open.html with nothing inside. Write this one on the paper that is kept for the stick; sha256sum must say the same before anybody types into the page. Without the lines of its files it is the page of the cards again:',
        '',
        `    grep -vE '${linesOfFiles}' ${printable(basename(path))} | sha256sum`,
      )
    })
}
