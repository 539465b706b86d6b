import type { Command } from 'commander'
import { findCredential } from '../../app/find-credential.ts'
import { sharesRepository } from '../../app/system-repository.ts'
import type { Secret } from '../../core/secret.ts'
import { type DestinationSpec, locationOf } from '../../ports/destination-spec.ts'
import { askSecret } from '../ask.ts'
import type { Context } from '../context.ts'
import { example } from '../help.ts'
import { printable } from '../printable.ts'
import { destinationJson } from './json.ts'
import { pinHostKeys } from './pin-host-keys.ts'
import { addPlaceOptions, type PlaceOptions, specOfOptions } from './place-options.ts'
import { repositoryWords } from './where.ts'

interface AddOptions extends PlaceOptions {
  readonly passwordFile?: string
  readonly yes?: true
  readonly json?: true
}

export function defineDestinationAdd(group: Command, context: Context): void {
  const command = group
    .command('add')
    .description('register a place that copies go to')
    .argument('<name>', 'what to call it')
  addPlaceOptions(command)
    .optionsGroup('For --local and --mounted, to share a repository:')
    .option('--repository <path>', 'system backups go into this repository, which is there already: share it')
    .optionsGroup('For a repository that is there already:')
    .option('--password-file <file>', 'the file that holds a password of it; - is standard input')
    .optionsGroup('Options:')
    .option('-y, --yes', 'accept the host key that a server shows')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      example(
        'redoma destination add disk --local /srv/copies',
        'redoma destination add nas --mounted /mnt/nas/redoma',
        'redoma destination add nas --mounted /mnt/nas/pam-2 --repository /mnt/nas/pam-1/system',
        'redoma destination add office --cifs //files.example.com/backup/pam-1 --credential "Backup share"',
        'redoma destination add store --nfs nas.example.com:/srv/copies/pam-1',
        'redoma destination add far --rsync redoma@backup.example.com:pam-1',
        'redoma destination add cloud --s3 https://s3.example.com/copies/pam-1 --credential "Object store"',
        'redoma destination test nas',
      ),
    )
    .action(async (name: string, options: AddOptions) => {
      await using instance = await context.services.openInstance()
      const { terminal, signal } = context
      const { credentials } = instance.catalogue
      const { mountPointOf } = instance
      const credentialId = (text: string): Promise<string> => findCredential(credentials, text)
      const spec = await specOfOptions(await pinHostKeys(context, instance, options), {
        credentialId,
        mountPointOf,
      })
      const password = await passwordOf(spec, options)
      const { record, warnings } = await instance.addDestination(name, spec, password, signal)
      const where = locationOf(record.spec)
      instance.log.info('destination added', { destination: name, kind: record.spec.kind, where })
      if (options.json) terminal.printJson({ ...destinationJson(record), warnings })
      else {
        terminal.print(`${terminal.style.green('✓')} ${name}: copies go to ${printable(where)}`)
        if (sharesRepository(record.spec)) terminal.print(`  system backups to ${repositoryWords(record)}`)
      }
      for (const warning of warnings)
        terminal.note(`${terminal.noteStyle.yellow('note:')} ${printable(warning)}`)
    })

  /** Of a repository that is there: one that is to be shared, or the destination's own of before. */
  async function passwordOf(
    spec: DestinationSpec,
    { passwordFile: file }: AddOptions,
  ): Promise<Secret | undefined> {
    if (sharesRepository(spec)) {
      const prompt = `Password of the repository ${printable(spec.repository)}`
      return askSecret(context.terminal, { prompt, file })
    }
    if (file === undefined) return undefined
    return askSecret(context.terminal, { prompt: 'Password of the repository there', file })
  }
}
