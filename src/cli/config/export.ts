import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { example } from '../help.ts'
import { currentConfiguration } from './current.ts'
import { configSchemaName } from './parse-config.ts'

export function defineConfigExport(group: Command, context: Context): void {
  group
    .command('export')
    .description('print the whole configuration as YAML; no secret is in it')
    .option('--json', 'print it as JSON')
    .addHelpText('after', example('redoma config export > redoma.yaml'))
    .action(async (options: { json?: true }) => {
      await using instance = await context.services.openInstance()
      const {
        appliance,
        destinations,
        sources,
        scopes = [],
        channels = [],
        plans = [],
        routines = [],
        timestamps,
      } = await currentConfiguration(instance.catalogue)
      const flat = <Spec extends object>(entries: readonly { name: string; spec: Spec }[]) =>
        entries.map(({ name, spec }) => ({ name, ...spec }))
      const file = {
        schema: configSchemaName,
        appliance,
        timestamps,
        destinations: flat(destinations),
        sources: flat(sources),
        scopes: scopes.map(({ name, spec: { isExclusive, hasOwnKey, ...selection } }) => {
          return { name, ...selection, exclusive: isExclusive, ownKey: hasOwnKey }
        }),
        channels: channels.map(({ name, spec: { spec, ...rules } }) => ({ name, ...spec, ...rules })),
        plans: plans.map(({ name, spec: { isEnabled, ...spec } }) => ({ name, enabled: isEnabled, ...spec })),
        routines: routines.map(({ name, spec: { isEnabled, schedule } }) => ({
          name,
          enabled: isEnabled,
          schedule,
        })),
      }
      if (options.json) {
        context.terminal.printJson(file)
        return
      }
      const { stringify } = await import('yaml')
      context.terminal.stdout.write(stringify(file))
    })
}
