import type { Configuration } from '../../app/plan-config.ts'
import type { Catalogue } from '../../ports/catalogue.ts'
import { settingsOf } from '../../ports/channel.ts'

/** The configuration as the catalogue has it. Passwords of repositories stay there. */
export async function currentConfiguration(
  catalogue: Pick<
    Catalogue,
    'channels' | 'destinations' | 'instance' | 'plans' | 'routines' | 'scopes' | 'sources' | 'timestamping'
  >,
): Promise<Configuration> {
  const [destinations, sources, scopes, channels, plans] = await Promise.all([
    catalogue.destinations.list(),
    catalogue.sources.list(),
    catalogue.scopes.list(),
    catalogue.channels.list(),
    catalogue.plans.list(),
  ])
  return {
    appliance: catalogue.instance.isAppliance,
    timestamps: (await catalogue.timestamping.get()) ?? null,
    destinations: destinations.map(({ name, spec }) => ({ name, spec })),
    sources: sources.map(({ name, spec }) => ({ name, spec })),
    scopes: scopes.map(({ name, folders, tags, owners, isExclusive, hasOwnKey }) => {
      return { name, spec: { folders, tags, owners, isExclusive, hasOwnKey } }
    }),
    channels: channels.map((channel) => ({ name: channel.name, spec: settingsOf(channel) })),
    plans: plans.map(({ name, isEnabled, jobs, sources: of, destinations: to, schedule, hooks }) => ({
      name,
      spec: { isEnabled, jobs, sources: of, destinations: to, schedule, hooks },
    })),
    routines: (await catalogue.routines.list()).map(({ name, isEnabled, schedule }) => ({
      name,
      spec: { isEnabled, schedule },
    })),
  }
}
