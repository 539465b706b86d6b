import { hostname } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { RedomaError } from '../core/errors.ts'
import { Secret } from '../core/secret.ts'
import { userOfSystem } from '../core/user-of-system.ts'

/** What the environment says. This file alone reads it. */
export interface Settings {
  /** The instance's folder. */
  readonly home: string
  readonly logFolder: string
  /** Show where an error happened. */
  readonly debug: boolean
  /** The system's user name, for the audit trail: who used sudo, where somebody did. */
  readonly actor: string
  /** Of the machine, as the IANA calls it. */
  readonly timeZone: string
  /** Of snapshots: whose they are. */
  readonly hostName: string
  /** Of locks: on which machine to look whether a process lives. Never anything but the system's. */
  readonly machineName: string
  /** Where the catalogue is, if it is no file in `home`. */
  readonly database: DatabaseOfEnvironment | undefined
  /** How long other nodes take this process for alive that they hear nothing of, in milliseconds. */
  readonly nodeTimeoutMs: number
  /** Of object stores whose destination names no credential. */
  readonly s3Keys: S3KeysOfEnvironment | undefined
  /** What processes of the program itself need of it to start as fast. */
  readonly ownEnvironment: Readonly<Record<string, string>>
  /** Of systemd, where it started this process. */
  readonly systemd: SystemdSettings
}

/** What systemd says to a service by its environment: sd_notify(3), sd_watchdog_enabled(3), systemd.exec(5). */
export interface SystemdSettings {
  /** Where it hears how the service does; bytes of a socket's address, an abstract one with a zero before its name. */
  readonly notifyAddress: Uint8Array | undefined
  /** After which silence it takes the service for dead. */
  readonly watchdogMs: number | undefined
  /** A folder with the credentials of the unit, in memory that is never swapped. */
  readonly credentials: string | undefined
  /** A folder of this run of the service, gone with it. */
  readonly runtimeFolder: string | undefined
}

/** The address of a PostgreSQL, with its password, or the file that holds it. */
export type DatabaseOfEnvironment = { readonly url: Secret } | { readonly file: string }

export interface S3KeysOfEnvironment {
  readonly accessKey: string
  readonly secret: Secret
  readonly session?: Secret
}

/** Where systemd keeps what is of the service, as its unit says, or of another one that runs this. */
export function serviceFolders({ systemd }: Pick<Settings, 'systemd'>): readonly string[] {
  const given = [systemd.runtimeFolder, systemd.credentials].filter((path) => path !== undefined)
  return ['/run/redoma', '/run/credentials/redoma.service', ...given]
}

/** The folder of root's instance. */
export const rootsHome = '/var/lib/redoma'

export type Environment = Readonly<Record<string, string | undefined>>

/**
 * Parsed by hand, as loading zod would take longer than all else that `redoma --help` does.
 *
 * @throws RedomaError `USAGE`
 */
export function readSettings(environment: Environment, user: SystemUser = systemUser(environment)): Settings {
  const given = present(environment['REDOMA_HOME'])
  const home = given === undefined ? defaultHome(environment, user) : resolve(given)
  if (home === '/' || home.includes('\0')) throw new RedomaError('USAGE', 'REDOMA_HOME cannot be /')
  return {
    home,
    logFolder: given === undefined && user.isRoot ? '/var/log/redoma' : join(home, 'log'),
    debug: present(environment['REDOMA_DEBUG']) !== undefined,
    actor: (user.isRoot ? present(environment['SUDO_USER']) : undefined) ?? user.name,
    // Asked when it is needed: it costs more than all the rest here.
    get timeZone() {
      return Intl.DateTimeFormat().resolvedOptions().timeZone
    },
    hostName: present(environment['REDOMA_HOST']) ?? hostname(),
    machineName: hostname(),
    database: databaseOf(environment),
    nodeTimeoutMs: nodeTimeoutMs(environment),
    s3Keys: s3KeysOf(environment),
    ownEnvironment: pick(environment, ['NODE_COMPILE_CACHE', 'GLIBC_TUNABLES']),
    systemd: systemdOf(environment),
  }
}

function systemdOf(environment: Environment): SystemdSettings {
  return {
    notifyAddress: socketAddress(present(environment['NOTIFY_SOCKET'])),
    watchdogMs: watchdogOf(environment),
    credentials: absolute(present(environment['CREDENTIALS_DIRECTORY'])),
    runtimeFolder: absolute(present(environment['RUNTIME_DIRECTORY'])),
  }
}

/** @throws RedomaError `USAGE` for what is no Unix socket: systemd would wait in vain */
function socketAddress(socket: string | undefined): Uint8Array | undefined {
  if (socket === undefined) return undefined
  if (socket.length > 1 && socket.startsWith('/')) return Buffer.from(socket)
  if (socket.length > 1 && socket.startsWith('@')) return Buffer.from(`\0${socket.slice(1)}`)
  throw new RedomaError('USAGE', 'NOTIFY_SOCKET names no Unix socket')
}

/** It may be meant for another process, from which this one has inherited it. */
function watchdogOf(environment: Environment): number | undefined {
  const time = present(environment['WATCHDOG_USEC'])
  const processId = present(environment['WATCHDOG_PID'])
  if (time === undefined || (processId !== undefined && processId !== String(process.pid))) return undefined
  if (!/^[1-9]\d{0,15}$/.test(time))
    throw new RedomaError('USAGE', 'WATCHDOG_USEC is no number of microseconds')
  return Number(time) / 1000
}

/** Of several that a unit may have, and which are then divided by colons, none is ours. */
function absolute(folder: string | undefined): string | undefined {
  return folder !== undefined && isAbsolute(folder) && !folder.includes(':') ? folder : undefined
}

function pick(environment: Environment, names: readonly string[]): Readonly<Record<string, string>> {
  const pairs = names.map((name) => [name, present(environment[name])] as const)
  return Object.fromEntries(pairs.filter((pair): pair is [string, string] => pair[1] !== undefined))
}

function nodeTimeoutMs(environment: Environment): number {
  const text = present(environment['REDOMA_NODE_TIMEOUT']) ?? '60'
  const seconds = /^\d{1,4}$/.test(text) ? Number(text) : 0
  if (seconds < 5 || seconds > 3600) {
    throw new RedomaError(
      'USAGE',
      `REDOMA_NODE_TIMEOUT is a number of seconds from 5 to 3600, and not ${text}`,
    )
  }
  return seconds * 1000
}

function databaseOf(environment: Environment): DatabaseOfEnvironment | undefined {
  const url = present(environment['DATABASE_URL'])
  const file = present(environment['DATABASE_URL_FILE'])
  if (url !== undefined && file !== undefined) {
    throw new RedomaError('USAGE', 'DATABASE_URL and DATABASE_URL_FILE both say where the catalogue is', {
      hint: 'Unset one of them.',
    })
  }
  if (file !== undefined) return { file: resolve(file) }
  return url === undefined ? undefined : { url: new Secret(url) }
}

/** By the names that every program for object stores reads. */
function s3KeysOf(environment: Environment): S3KeysOfEnvironment | undefined {
  const accessKey = present(environment['AWS_ACCESS_KEY_ID'])
  const secret = present(environment['AWS_SECRET_ACCESS_KEY'])
  const session = present(environment['AWS_SESSION_TOKEN'])
  if (accessKey === undefined || secret === undefined) return undefined
  const keys = { accessKey, secret: new Secret(secret) }
  return session === undefined ? keys : { ...keys, session: new Secret(session) }
}

/** Whether colours are wanted, where there is a terminal that has them (https://no-color.org). */
export function wantsColours(environment: Environment): boolean {
  return present(environment['NO_COLOR']) === undefined && environment['TERM'] !== 'dumb'
}

export interface SystemUser {
  readonly name: string
  readonly isRoot: boolean
  /** Absent: the system does not know the user, and the environment says nothing. */
  readonly homeFolder: string | undefined
}

function systemUser(environment: Environment): SystemUser {
  const { name, id, homeFolder } = userOfSystem()
  return { name, isRoot: id === 0, homeFolder: homeFolder ?? present(environment['HOME']) }
}

/** The XDG base directory specification: a relative path there is to be ignored. */
function defaultHome(environment: Environment, user: SystemUser): string {
  if (user.isRoot) return rootsHome
  const data = present(environment['XDG_DATA_HOME'])
  if (data !== undefined && isAbsolute(data)) return join(data, 'redoma')
  if (user.homeFolder !== undefined && isAbsolute(user.homeFolder))
    return join(user.homeFolder, '.local', 'share', 'redoma')
  throw new RedomaError('USAGE', `the system has no user ${user.name}, and thus no home folder for it`, {
    hint: 'Say in REDOMA_HOME where the instance is.',
  })
}

function present(value: string | undefined): string | undefined {
  return value === undefined || value === '' ? undefined : value
}
