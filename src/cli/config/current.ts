import type { Configuration } from '../../app/plan-config.ts'
import type { Catalogue } from '../../ports/catalogue.ts'

/** The configuration as the catalogue has it. Passwords of repositories stay there. */
export async function currentConfiguration(
  catalogue: Pick<Catalogue, 'destinations' | 'instance' | 'sources'>,
): Promise<Configuration> {
  const [destinations, sources] = await Promise.all([catalogue.destinations.list(), catalogue.sources.list()])
  return {
    appliance: catalogue.instance.isAppliance,
    destinations: destinations.map(({ name, spec }) => ({ name, spec })),
    sources: sources.map(({ name, spec }) => ({ name, spec })),
  }
}
