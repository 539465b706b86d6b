import type { Command } from 'commander'
import { findCredential } from '../../app/find-credential.ts'
import { whereTo } from '../../ports/channel.ts'
import type { Context } from '../context.ts'
import { example } from '../help.ts'
import { printable } from '../printable.ts'
import { addChannelOptions, type ChannelOptions, rulesOfOptions, specOfOptions } from './channel-options.ts'
import { channelJson } from './words.ts'

interface AddOptions extends ChannelOptions {
  readonly json?: true
}

export function defineAlertAdd(group: Command, context: Context): void {
  const command = group
    .command('add')
    .description('register a way by which people or a SIEM are told of what goes wrong')
    .argument('<name>', 'what to call it')
  addChannelOptions(command)
    .optionsGroup('Options:')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      example(
        'redoma alert add soc --syslog tls://siem.example.com:6514 --format cef --ca /etc/redoma/ca.pem',
        'redoma alert add mail --smtp smtps://mail.example.com --from redoma@example.com --to soc@example.com --credential "Mail relay"',
        'redoma alert add chat --webhook https://hooks.slack.com/services/{secret} --preset slack --credential "Slack hook"',
        'redoma alert add heart --webhook https://hc.example.com/ping/{secret} --preset heartbeat --credential "Heartbeat"',
        'redoma alert test soc',
      ),
    )
    .action(async (name: string, options: AddOptions) => {
      const { terminal, services } = context
      const spec = specOfOptions(options)
      const rules = rulesOfOptions(options, new Intl.DateTimeFormat().resolvedOptions().timeZone)
      await using instance = await services.openInstance()
      const { credentials } = instance.catalogue
      const credential =
        options.credential === undefined ? undefined : await findCredential(credentials, options.credential)
      const record = await instance.addChannel(name, { ...rules, spec, credential })
      instance.log.info('channel added', { channel: name, kind: spec.kind, where: whereTo(spec) })
      if (options.json) terminal.printJson(channelJson(record))
      else {
        terminal.print(`${terminal.style.green('✓')} ${name}: notices go to ${printable(whereTo(spec))}`)
        terminal.note(`Try it: redoma alert test ${name}`)
      }
    })
}
