import type { Command } from 'commander'
import type { ScopePlan } from '../../../app/scopes/plan-scope.ts'
import type { Context } from '../../context.ts'
import { example } from '../../help.ts'
import { named } from '../../named.ts'
import { startProgressBar } from '../../progress-bar.ts'
import { planJson, planLines } from './plan-lines.ts'

export function defineScopeShow(group: Command, context: Context): void {
  group
    .command('show')
    .description('one scope, and which credentials it takes in now')
    .argument('<name>')
    .option('--json', 'print it as JSON')
    .addHelpText('after', example('redoma glass scope show network'))
    .action(async (name: string, options: { json?: true }) => {
      await using instance = await context.services.openInstance()
      const { terminal, clock, signal } = context
      const { scopes } = instance.catalogue
      const scope = await named('scope', name, scopes)
      const others = (await scopes.list()).filter((other) => other.name !== name)
      const plan = await planned()
      if (options.json) terminal.printJson(planJson({ scope, plan }))
      else terminal.print(...planLines({ scope, plan }, true, terminal.style))

      async function planned(): Promise<ScopePlan> {
        using bar = startProgressBar(terminal, clock)
        return await instance.planScope(scope, others, bar.progress, signal)
      }
    })
}
