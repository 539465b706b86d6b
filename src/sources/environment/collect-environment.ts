import { execFile } from 'node:child_process'
import { readFile, stat } from 'node:fs/promises'
import { arch, cpus, hostname, networkInterfaces, release, totalmem, type, version } from 'node:os'
import { promisify } from 'node:util'
import { messageOf } from '../../core/errors.ts'
import type { CollectEnvironment, Fact, Hardware } from '../../ports/environment.ts'
import { parseMounts, parseOsRelease, parsePackages, parseServices } from './parsing.ts'

/** Asks the machine for its facts; each that cannot be had says why. Same machine, same result, in the same order. */
export const collectEnvironment: CollectEnvironment = async () => {
  const [operatingSystem, packages, mounts, enabledServices] = await Promise.all([
    fact(async () => parseOsRelease(await readFile('/etc/os-release', 'utf8'))),
    fact(async () => parsePackages(await outputOf('dpkg-query', packageWords))),
    fact(async () => parseMounts(await mountsOfMachine())),
    fact(servicesOfSystemd),
  ])
  return {
    schema: 'redoma-environment/1',
    hostName: await fact(hostname),
    kernel: await fact(() => [type(), release(), version()].join(' ')),
    operatingSystem,
    packages,
    mounts,
    enabledServices,
    hardware: await fact(hardware),
    addresses: await fact(addresses),
  }
}

/** Those that its first process sees: a service has walls of its own, which are mounts. */
function mountsOfMachine(): Promise<string> {
  return readFile('/proc/1/mountinfo', 'utf8').catch(() => readFile('/proc/self/mountinfo', 'utf8'))
}

const packageWords = ['--show', '--showformat', '${db:Status-Abbrev}\t${binary:Package}\t${Version}\n']
const serviceWords = ['list-unit-files', '--type=service', '--state=enabled', '--no-legend', '--plain']

/**
 * Where systemd does not run (sd_booted(3)), as in most containers, `systemctl` would read every unit file there is instead of asking it:
 * a second of processor time for services that nothing starts.
 */
async function servicesOfSystemd(): Promise<string[]> {
  const isBooted = await stat('/run/systemd/system').then(
    (status) => status.isDirectory(),
    () => false,
  )
  if (!isBooted) throw new Error('systemd does not run here')
  return parseServices(await outputOf('systemctl', serviceWords))
}

async function fact<Value>(learn: () => Value | Promise<Value>): Promise<Fact<Value>> {
  try {
    return { kind: 'known', value: await learn() }
  } catch (error) {
    return { kind: 'unknown', reason: messageOf(error).split('\n')[0] ?? '' }
  }
}

/** A program that hangs, as `systemctl` does without a bus, must not hang the backup. */
const programLimits = { timeout: 20_000, maxBuffer: 64 * 1024 * 1024, killSignal: 'SIGKILL' } as const

async function outputOf(program: string, words: readonly string[]): Promise<string> {
  const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8' }
  const { stdout } = await promisify(execFile)(program, words, { ...programLimits, env })
  return stdout
}

function hardware(): Hardware {
  const processors = cpus()
  return {
    architecture: arch(),
    processor: processors[0]?.model ?? 'unknown',
    processors: processors.length,
    memoryBytes: totalmem(),
  }
}

function addresses(): Record<string, string[]> {
  const named = Object.entries(networkInterfaces()).map(([name, list = []]): [string, string[]] => [
    name,
    list.map(({ cidr, address }) => cidr ?? address).toSorted(),
  ])
  return Object.fromEntries(named.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
