import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { Secret } from '../../../src/core/secret.ts'
import type { MountedPlace, MountingDeps } from '../../../src/destinations/mounts/mount-place.ts'
import { type Mount, readMounts } from '../../../src/destinations/mounts/mount-table.ts'
import type { CifsSpec, NfsSpec } from '../../../src/ports/destination-spec.ts'
import { succeeds, until } from './commands.ts'

export const cifsSpec: CifsSpec = {
  ...{ kind: 'cifs', host: '127.0.0.1', share: 'backup', folder: '', version: '3.1.1', seal: true },
  ...{ security: 'ntlmssp', credential: 'share' },
}

export const nfsSpec: NfsSpec = {
  ...{ kind: 'nfs', host: '127.0.0.1', export: '/', folder: '', version: '4.2', security: 'sys' },
}

/** With a mount point of its own, and so much patience that a loaded machine has answered. */
export function mountingAs(user: string, password: string, seconds = 20): MountingDeps {
  return {
    folder: join('/mnt/instance/run/mounts', randomUUID()),
    credential: async () => ({ user, secret: new Secret(password) }),
    patienceSeconds: seconds,
    signal: new AbortController().signal,
  }
}

export async function mountsUnder(folder: string): Promise<Mount[]> {
  return (await readMounts()).filter(({ point }) => point.startsWith(folder))
}

/** A loaded machine may take longer to mount a share than is waited for: then it is tried again. */
export async function mounted(mount: () => Promise<MountedPlace>): Promise<MountedPlace> {
  const places: MountedPlace[] = []
  await until('the share is mounted', () => succeeds(async () => places.push(await mount())))
  const [place] = places
  if (place === undefined) throw new Error('nothing was mounted')
  return place
}
