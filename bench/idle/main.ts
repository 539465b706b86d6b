import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { openCatalogue } from '../../src/catalogue/open-catalogue.ts'
import { consoleTable } from '../peers/console-table.ts'

/*
 * What the daemon takes while it has nothing to do, just started and after a run, with its usual paces; the processor by what the kernel counts, from one look to the next:
 *
 *     npm run bench:idle -- [--files 2000] [--seconds 60]
 */
const { values } = parseArgs({
  options: {
    files: { type: 'string', default: '2000' },
    seconds: { type: 'string', default: '60' },
  },
})
const seconds = Number(values.seconds)
const program = fileURLToPath(new URL('../../bin/redoma', import.meta.url))
const folder = await mkdtemp(join(tmpdir(), 'redoma-bench-idle-'))
const [home, tree] = [join(folder, 'home'), join(folder, 'tree')]
const env = { ...process.env, REDOMA_HOME: home }
try {
  await mkdir(tree)
  await changeTree()
  redoma('init')
  redoma('source', 'add', 'tree', '--files', tree)
  redoma('destination', 'add', 'nas', '--local', join(folder, 'nas'))
  redoma('plan', 'disable', 'daily')
  const daemon = spawn(program, ['serve'], { env, stdio: ['ignore', 'ignore', 'pipe'] })
  try {
    await once(daemon.stderr, 'data')
    // What follows the start is no idling: the first look at each destination, the first incidents.
    await wait(10_000)
    const rows = [['just started', ...(await idling(daemon))]]
    for (const [runs, label] of [
      [1, 'after a run'],
      [9, 'after ten'],
    ] as const) {
      for (let n = 0; n < runs; n++) await backUp()
      await wait(10_000)
      rows.push([label, ...(await idling(daemon))])
    }
    console.log(consoleTable(['', 'resident MiB', 'of its own MiB', 'threads', '% of a processor'], rows))
  } finally {
    daemon.kill('SIGTERM')
    await once(daemon, 'exit')
  }
} finally {
  await rm(folder, { recursive: true, force: true })
}

function redoma(...words: string[]): void {
  execFileSync(program, words, { env, stdio: 'ignore' })
}

async function idling({ pid = 0 }: ChildProcess): Promise<string[]> {
  const before = processorSeconds(pid)
  await wait(seconds * 1000)
  const share = (processorSeconds(pid) - before) / seconds
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
  const mebibytes = (name: string): string =>
    (Number(new RegExp(`^${name}: *(\\d+) kB`, 'm').exec(rollup)?.[1]) / 1024).toFixed(0)
  const [, threads = ''] = /^Threads:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return [mebibytes('Rss'), mebibytes('Private_Dirty'), threads, (share * 100).toFixed(2)]
}

/** In the kernel's hundredths, of all its threads. */
function processorSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

async function changeTree(): Promise<void> {
  for (let n = 0; n < Number(values.files); n++) await writeFile(join(tree, `file-${n}`), randomBytes(65_536))
}

/** By a plan that is due, so that it is the daemon that does it. */
async function backUp(): Promise<void> {
  await changeTree()
  const catalogue = await openCatalogue({ home, clock: { now: () => new Date() } })
  try {
    const before = (await catalogue.runs.list(1))[0]?.id ?? 0
    const name = `once-${before}`
    const activeSince = new Date(Date.now() - 400 * 24 * 3_600_000)
    await catalogue.plans.add({
      ...{ id: randomUUID(), name, isEnabled: true, jobs: ['system'], sources: [], destinations: [] },
      ...{ hooks: {}, createdAt: activeSince, activeSince },
      schedule: { cron: '0 0 1 1 *', timeZone: 'UTC', jitterSeconds: 0, windows: [], leastSecondsBetween: 0 },
    })
    for (;;) {
      const [newest] = await catalogue.runs.list(1)
      if (newest !== undefined && newest.id > before && newest.state.kind !== 'running') break
      await wait(200)
    }
    await catalogue.plans.remove(name)
  } finally {
    await catalogue.close()
  }
}
