import { mountPlace } from '../../src/destinations/mounts/mount-place.ts'
import { cifsSpec, mountingAs } from '../support/kernel-mounts/mounting.ts'
import { startSmbServer } from '../support/kernel-mounts/smb-server.ts'
import { testCutRuns } from './cut-runs.ts'
import { type Patient, testFaults } from './faults.ts'

testFaults('CIFS', cifsPatient)
testCutRuns('CIFS', cifsPatient)

async function cifsPatient(): Promise<Patient> {
  const server = await startSmbServer()
  const again = async (shared: boolean): Promise<void> => {
    await server.kill()
    await server.setShared(shared)
    await server.start()
  }
  return {
    ...server,
    withdraw: () => again(false),
    offer: () => again(true),
    async bar() {
      await server.setPassword('another one')
      await server.cut()
    },
    admit: () => server.setPassword(server.password),
    mount: (seconds) => mountPlace(cifsSpec, mountingAs('root', server.password, seconds)),
  }
}
