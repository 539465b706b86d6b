import { mountPlace } from '../../src/destinations/mounts/mount-place.ts'
import { cifsSpec, mountingAs } from '../support/kernel-mounts/mounting.ts'
import { startSmbServer } from '../support/kernel-mounts/smb-server.ts'
import { type Patient, testFaults } from './faults.ts'

testFaults('CIFS', cifsPatient)

async function cifsPatient(): Promise<Patient> {
  const server = await startSmbServer()
  const again = async (shared: boolean): Promise<void> => {
    await server.kill()
    await server.setShared(shared)
    await server.start()
  }
  const mounting = mountingAs('root', server.password)
  return {
    ...server,
    withdraw: () => again(false),
    offer: () => again(true),
    mount: () => mountPlace(cifsSpec, mounting),
  }
}
