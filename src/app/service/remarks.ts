import type { Configured } from './needs.ts'

/** What a person should know of a service of this configuration: a sentence each. */
export function remarksOn(configured: Configured | undefined, user: string | undefined): readonly string[] {
  if (user !== undefined)
    return [
      `The configuration of ${user}’s instance was not read: folders that copies go to are said by --writable.`,
      'Only root mounts shares (CIFS, NFS) and dumps databases as another user (--run-as): there, such a part of a run fails.',
    ]
  if (configured === undefined)
    return [
      'There is no instance yet, so this unit is for the least. Run it again when there are destinations.',
    ]
  const byEnvironment = configured.destinations.filter(
    ({ spec }) => spec.kind === 's3' && spec.credential === undefined,
  )
  const programs = configured.sources.some(({ spec }) => spec.kind === 'command')
  return [
    ...byEnvironment.map(
      ({ name }) =>
        `${name} takes its keys from the environment, which the service has not: name a credential of the registry.`,
    ),
    ...(programs
      ? [
          'Programs of sources run with the rights of this unit, and no more: what they write to is said by --writable, or a drop-in.',
        ]
      : []),
  ]
}
