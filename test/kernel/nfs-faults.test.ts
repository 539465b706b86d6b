import { mkdtemp } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { thisNode } from '../../src/destinations/in-child/child.ts'
import { inChildDestination } from '../../src/destinations/in-child/in-child-destination.ts'
import { mountPlace } from '../../src/destinations/mounts/mount-place.ts'
import { parseObjectName } from '../../src/ports/destination.ts'
import { handTurnedClock } from '../support/clock.ts'
import { call } from '../support/kernel-mounts/commands.ts'
import { mountingAs, nfsSpec } from '../support/kernel-mounts/mounting.ts'
import { startNfsServer } from '../support/kernel-mounts/nfs-server.ts'
import { ownEnvironment } from '../support/own-environment.ts'
import { testCutRuns } from './cut-runs.ts'
import { type Patient, testFaults } from './faults.ts'

testFaults('NFS', nfsPatient)
testCutRuns('NFS', nfsPatient)

async function nfsPatient(): Promise<Patient> {
  const server = await startNfsServer()
  return {
    ...server,
    kill: () => server.stop(),
    withdraw: () => server.setExported('not'),
    offer: () => server.setExported('rw'),
    bar: () => server.setExported('ro'),
    admit: () => server.setExported('rw'),
    mount: (seconds) => mountPlace(nfsSpec, mountingAs('', '', seconds)),
  }
}

test.runIf(process.env['SLOW'] === '1')(
  'an export that somebody mounted with soft tells a server that hangs from a disk that fails',
  async () => {
    await using server = await startNfsServer()
    const path = await mkdtemp('/mnt/nfs-')
    await call('mount.nfs', `${server.host}:/`, path, '-o', 'vers=4.2,soft,timeo=5,retrans=1')
    const options = {
      expected: { path },
      node: thisNode(ownEnvironment),
      clock: handTurnedClock(),
      patienceMs: 100_000,
    }
    await using destination = inChildDestination(options)
    const body = {
      async *open() {
        yield new Uint8Array(4_000_000)
        await server.freeze()
        yield new Uint8Array(4_000_000)
      },
    }

    await expect(
      destination.put(parseObjectName('a'), body, new AbortController().signal),
    ).rejects.toMatchObject({
      code: 'DESTINATION_UNREACHABLE',
      message: expect.stringContaining('EIO') as string,
    })

    await server.thaw()
    await call('umount', '--lazy', path)
  },
)
