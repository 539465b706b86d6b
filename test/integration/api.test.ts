import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { admitOwner } from '../../src/api/admission.ts'
import { findDaemon } from '../../src/api/client/daemon-client.ts'
import type { ServedInstance } from '../../src/api/deps.ts'
import { listenOnSocket } from '../../src/api/listening/listen-on-socket.ts'
import { makeApi } from '../../src/api/make-api.ts'
import { openInstance } from '../../src/main/open-instance.ts'
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
    expect(await findDaemon(runFolder)).toBeUndefined()

    const stop = new AbortController()
    const clock = { now: () => new Date() }
    await using opened = await openInstance(readSettings({ REDOMA_HOME: home }), clock, () => undefined)
    const instance: ServedInstance = opened
    const api = makeApi({ instance, clock, version: '0', stopping: stop.signal }, admitOwner('tester'))
    await using listening = await listenOnSocket(api, { runFolder, patienceMs: 1000 })
    const client = await findDaemon(runFolder)
    if (client === undefined) throw new Error('the daemon was not found')

    const before = await client.instance()
    const id = await client.startRun({ jobs: ['system'] }, 'once')
    const again = await client.startRun({ jobs: ['system'] }, 'once')
    const events = await Array.fromAsync(client.followRun(id, stop.signal))
    const { stdout } = await redoma.run(['backup', 'show', String(id), '--json'])

    expect(listening.address).toBe(join(runFolder, 'api.sock'))
    expect(before).toMatchObject({ sources: 1, destinations: 1, runs: { done: 0 } })
    expect(again).toBe(id)
    expect(events.at(-1)).toEqual({ event: 'end', data: { id, state: 'done' } })
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
