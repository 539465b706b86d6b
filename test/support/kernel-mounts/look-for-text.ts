import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/*
 * A program for tests: looks again and again for the text that it is told on standard input, in what every user or root finds of it while it is
 * used: command lines, environments, the mount table, files on RAM disks. Prints each place once, and `looked` after the first round.
 */
const chunks: Buffer[] = []
for await (const chunk of process.stdin as AsyncIterable<Buffer>) chunks.push(chunk)
const text = Buffer.concat(chunks)
const told = new Set<string>()

for (let round = 0; ; round++) {
  for (const path of await places()) {
    const bytes = await readFile(path).catch(() => Buffer.alloc(0))
    const place = path.replace(/\/\d+\//, '/PID/')
    if (!bytes.includes(text) || told.has(place)) continue
    told.add(place)
    process.stdout.write(`found in ${place}\n`)
  }
  if (round === 0) process.stdout.write('looked\n')
}

async function places(): Promise<string[]> {
  const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const ofProcesses = processes.flatMap((pid) => [`/proc/${pid}/cmdline`, `/proc/${pid}/environ`])
  const files = await Promise.all(['/dev/shm', '/run', '/tmp'].map(filesIn))
  return [...ofProcesses, '/proc/self/mountinfo', ...files.flat()]
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  return entries.filter((entry) => entry.isFile()).map(({ name }) => join(folder, name))
}
