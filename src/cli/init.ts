import type { Command } from 'commander'
import type { Context } from './context.ts'
import { example } from './help.ts'

interface InitOptions {
  readonly name?: string
  readonly appliance?: true
  readonly move?: true
  readonly json?: true
}

export function defineInit(command: Command, context: Context): void {
  command
    .option('--name <name>', 'what to call the instance (default: the host name)')
    .option('--appliance', 'keys are in its hardware: refuse destinations on the instance itself')
    .option('--move', 'move the catalogue.sqlite that is there into the database that DATABASE_URL names')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', example('redoma init --name vault-1'))
    .action(async (options: InitOptions) => {
      const { services } = context
      const made = options.move
        ? { instance: await services.moveCatalogue() }
        : await services.createInstance(options.name ?? services.hostName, options.appliance === true)
      const { id, name, createdAt, isAppliance } = made.instance
      const plan = 'plan' in made ? made.plan : undefined
      const { terminal } = context
      if (options.json) {
        terminal.printJson({
          id,
          name,
          home: services.home,
          createdAt: createdAt.toISOString(),
          appliance: isAppliance,
          plan: plan === undefined ? undefined : { name: plan.name, schedule: plan.schedule },
        })
        return
      }
      const { bold, dim, green } = terminal.style
      if (plan === undefined) {
        terminal.print(
          `${green('✓')} The catalogue of ${bold(name)} is in the database.`,
          `  ${dim('catalogue.sqlite.moved is what it was; remove it when all is well.')}`,
        )
        return
      }
      terminal.print(
        `${green('✓')} The instance ${bold(name)} is in ${bold(services.home)}.`,
        `  ${dim('instance.key there opens the catalogue; keep this folder to yourself.')}`,
        `${green('✓')} The plan ${bold(plan.name)} copies everything everywhere, each day at 05:00 (${plan.schedule.timeZone}).`,
        `  ${dim('The service begins its runs: redoma install. Other times: redoma plan edit daily')}`,
        '',
        'Next:',
        `  redoma credential import FILE        ${dim('or: redoma credential add TITLE')}`,
        '  redoma source add NAME --files PATH…',
        '  redoma destination add NAME --local PATH',
        '  redoma glass ceremony --out DIR',
        '  redoma backup create',
      )
    })
}
