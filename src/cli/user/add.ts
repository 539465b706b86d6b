import type { Command } from 'commander'
import { askSecret } from '../ask.ts'
import type { Context } from '../context.ts'
import { example } from '../help.ts'
import { parseRole } from './parse-role.ts'

interface AddOptions {
  readonly role: string
  readonly passwordFile?: string
}

export function defineUserAdd(group: Command, context: Context): void {
  group
    .command('add')
    .description('let somebody sign in at the API, with a password that is typed here')
    .argument('<name>', 'small letters, digits, ".", "_" and "-"')
    .requiredOption('--role <role>', 'administrator, operator, auditor or guardian')
    .option('--password-file <file>', 'a file that holds the password; - is standard input')
    .addHelpText('after', example('redoma user add olga --role operator'))
    .action(async (name: string, options: AddOptions) => {
      const { terminal, services } = context
      const role = parseRole(options.role)
      const request = { prompt: `Password of ${name}`, file: options.passwordFile, twice: true }
      await services.forbidDumps()
      const password = await askSecret(terminal, request)
      await using instance = await services.openInstance()
      await (await instance.users()).add(name, role, password)
      instance.log.info('user added', { user: name, role })
      terminal.print(`${terminal.style.green('✓')} ${name} may sign in, as ${role}`)
    })
}
