import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type NfsServer, startNfsServer } from '../support/kernel-mounts/nfs-server.ts'
import { type SmbServer, startSmbServer } from '../support/kernel-mounts/smb-server.ts'
import { type Redoma, redomaAt } from '../support/redoma.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

interface Probed {
  readonly name: string
  readonly found: string
  readonly condition: string
  readonly changedFrom?: string
}

/** Every command starts a program, in a kernel with one processor. */
const patienceMs = 1_200_000
const stack = new AsyncDisposableStack()
let smb: SmbServer
let nfs: NfsServer
let redoma: Redoma

beforeAll(async () => {
  smb = stack.use(await startSmbServer())
  nfs = stack.use(await startNfsServer())
  redoma = redomaAt(join(stack.use(await temporaryFolder()).path, 'home'))
  const cifs = ['--cifs', `//${smb.host}/${smb.share}`, '--credential', 'Share']
  await must(['init'])
  await must(['credential', 'add', 'Share', '--user', smb.user], `${smb.password}\n`)
  await must(['destination', 'add', 'smb', ...cifs])
  await must(['destination', 'add', 'nfs', '--nfs', `${nfs.host}:/`])
}, patienceMs)
afterAll(() => stack[Symbol.asyncDispose]())

async function must(words: readonly string[], input = ''): Promise<void> {
  const { code, stderr } = await redoma.run(words, input)
  if (code !== 0) throw new Error(stderr)
}

/** What one probe of both finds, and the states that come of it. */
async function probe(): Promise<object> {
  const { code, stdout } = await redoma.run(['destination', 'probe', '--json'])
  const all = JSON.parse(stdout) as readonly Probed[]
  const found = Object.fromEntries(all.map((one) => [one.name, one.found]))
  return {
    code,
    ...found,
    told: all.flatMap((one) => (one.changedFrom === undefined ? [] : [one.condition])),
  }
}

test(
  'shares that are full, read-only, lost and back again are told by probes, each change once',
  async () => {
    const disks = [smb.disk, nfs.disk]
    const both = (condition: string): object => ({ smb: condition, nfs: condition })
    expect(await probe()).toEqual({ code: 0, ...both('ok'), told: ['ok', 'ok'] })

    for (const disk of disks) await disk.fill()
    expect(await probe()).toEqual({ code: 3, ...both('nearly-full'), told: ['nearly-full', 'nearly-full'] })
    for (const disk of disks) await disk.drain()

    for (const disk of disks) await disk.makeReadOnly()
    expect(await probe()).toEqual({ code: 1, ...both('read-only'), told: [] })
    expect(await probe()).toEqual({ code: 1, ...both('read-only'), told: ['read-only', 'read-only'] })
    for (const disk of disks) await disk.makeWritable()

    await Promise.all([smb.kill(), nfs.stop()])
    expect(await probe()).toEqual({ code: 1, ...both('lost'), told: [] })
    expect(await probe()).toEqual({ code: 1, ...both('lost'), told: ['lost', 'lost'] })
    await Promise.all([smb.start(), nfs.start()])

    expect(await probe()).toEqual({ code: 0, ...both('ok'), told: [] })
    expect(await probe()).toEqual({ code: 0, ...both('ok'), told: ['ok', 'ok'] })
  },
  patienceMs,
)
