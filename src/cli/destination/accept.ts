import type { Command } from 'commander'
import { confirm } from '../ask.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { example } from '../help.ts'

interface AcceptOptions {
  readonly yes?: true
  readonly json?: true
}

export function defineDestinationAccept(group: Command, context: Context): void {
  group
    .command('accept')
    .description('go on with another repository of system backups than there was at the destination before')
    .argument('<name>')
    .option('-y, --yes', 'do not ask')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', example('redoma destination accept nas'))
    .action(async (name: string, options: AcceptOptions) => {
      const { services, terminal, signal } = context
      await using instance = await services.openInstance()
      for (const target of await instance.targets([name])) {
        const repository = await instance.acceptRepository()
        const identity = await repository.look(target, signal)
        const { known, found } = identity
        const isOther = known !== found
        if (isOther) {
          const before = known === undefined ? 'none was known' : `before it was ${known}`
          const question = `Use the repository ${found} at ${name} from now on (${before})?`
          if (!(await confirm(terminal, question, options.yes === true))) {
            context.finish(exitCodes.failed)
            return
          }
          await repository.accept(target, identity)
          instance.log.warn('repository accepted', { destination: name, before: known ?? 'none', now: found })
        }
        if (options.json) terminal.printJson({ destination: name, before: known, repositoryId: found })
        else if (isOther)
          terminal.print(`${terminal.style.green('✓')} ${name}: system backups go to ${found}`)
        else terminal.print(`The repository at ${name} is the one that is known: ${found}`)
      }
    })
}
