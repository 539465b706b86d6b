import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { admitOwner } from '../../src/api/admission.ts'
import { daemonClient } from '../../src/api/client/daemon-client.ts'
import { isServed } from '../../src/api/client/is-served.ts'
import { socketPath } from '../../src/api/contract/socket-path.ts'
import type { ServedInstance } from '../../src/api/deps.ts'
import { listenOnSocket } from '../../src/api/listening/listen-on-socket.ts'
import { makeApi } from '../../src/api/make-api.ts'
import { transferred } from '../../src/cli/backup/transfers.ts'
import { looking } from '../../src/main/looking.ts'
import { openInstance } from '../../src/main/open-instance.ts'
import { restoring } from '../../src/main/restoring.ts'
import { readSettings } from '../../src/main/settings.ts'
import { redomaAt } from '../support/redoma.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

describe('a daemon and its client', () => {
  test('back up a real instance by the socket, and tell of it what the command tells', async () => {
    await using folder = await temporaryFolder()
    const home = join(folder.path, 'home')
    const redoma = redomaAt(home)
    await redoma.run(['init'])
    await redoma.run(['source', 'add', 'tree', '--files', import.meta.dirname])
    await redoma.run(['destination', 'add', 'nas', '--local', join(folder.path, 'copies')])
    const runFolder = join(home, 'run')
    expect(await isServed(socketPath(runFolder))).toBe(false)

    const stop = new AbortController()
    const clock = { now: () => new Date() }
    const settings = readSettings({ REDOMA_HOME: home })
    await using opened = await openInstance(settings, clock, () => undefined)
    const instance: ServedInstance = {
      ...opened,
      verify: async () => [],
      look: looking((use) => use(opened), clock),
      restores: restoring(settings, (use) => use(opened), clock),
      async createBackup({ actor = 'nobody', ...request }, ...rest) {
        const run = await opened.as(actor).createBackup(request, ...rest)
        return { run, transfers: transferred(opened) }
      },
    }
    const api = makeApi({ instance, clock, version: '0', stopping: stop.signal }, admitOwner('tester'))
    await using listening = await listenOnSocket(api, { runFolder, patienceMs: 1000 })
    expect(await isServed(socketPath(runFolder))).toBe(true)
    const client = daemonClient(socketPath(runFolder), { actor: 'eve' })

    const before = await client.instance()
    const id = await client.startRun({ jobs: ['system'] }, 'once')
    const again = await client.startRun({ jobs: ['system'] }, 'once')
    const events = await Array.fromAsync(client.followRun(id, stop.signal))
    const { stdout } = await redoma.run(['backup', 'show', String(id), '--json'])

    expect(listening.address).toBe(join(runFolder, 'api.sock'))
    expect(before).toMatchObject({ sources: 1, destinations: 1, runs: { done: 0 } })
    expect(again).toBe(id)
    expect(events.at(-1)).toEqual({ kind: 'end' })
    expect(events.at(-2)).toMatchObject({ kind: 'transfers', transfers: [{ retries: 0 }] })
    expect((await opened.catalogue.audit.list(1))[0]).toMatchObject({ actor: 'eve', action: 'backup.create' })
    const shown = JSON.parse(stdout) as { parts: { source: string; product: string }[] }
    const run = await client.run(id)
    expect(run.parts.map(({ source, product }) => [source, product])).toEqual(
      shown.parts.map(({ source, product }) => [source, product]),
    )
    expect((await client.runs({ destination: 'nas', source: 'tree' })).items).toEqual([run])
    await expect(client.cancelRun(id)).rejects.toMatchObject({ code: 'USAGE' })
    await expect(client.run(7)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})
