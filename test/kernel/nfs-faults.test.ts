import { mountPlace } from '../../src/destinations/mounts/mount-place.ts'
import { mountingAs, nfsSpec } from '../support/kernel-mounts/mounting.ts'
import { startNfsServer } from '../support/kernel-mounts/nfs-server.ts'
import { type Patient, testFaults } from './faults.ts'

testFaults('NFS', nfsPatient)

async function nfsPatient(): Promise<Patient> {
  const server = await startNfsServer()
  const mounting = mountingAs('', '')
  return {
    ...server,
    kill: () => server.stop(),
    withdraw: () => server.setExported('not'),
    offer: () => server.setExported('rw'),
    mount: () => mountPlace(nfsSpec, mounting),
  }
}
