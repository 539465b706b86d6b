import type { Catalogue } from '../ports/catalogue.ts'
import type { SecretsSource } from '../ports/source.ts'
import { commandSource } from '../sources/command/command-source.ts'
import { registrySource } from '../sources/registry/registry-source.ts'

/** The registry, and every source that is a program. */
export async function secretsSources(catalogue: Catalogue): Promise<SecretsSource[]> {
  const sources = await catalogue.sources.list()
  const programs = sources.flatMap(({ name, spec }) =>
    spec.kind === 'command' ? [commandSource(name, spec.argv)] : [],
  )
  return [registrySource(catalogue.credentials), ...programs]
}
