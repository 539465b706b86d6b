import { execFile } from 'node:child_process'
import { realpathSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { ServiceDeps } from '../app/service/install-service.ts'
import type { Configured } from '../app/service/needs.ts'
import type { OpenInstance } from '../cli/services.ts'
import { isRedomaError, RedomaError } from '../core/errors.ts'
import { rootsHome, type Settings } from './settings.ts'

const installation = realpathSync(fileURLToPath(new URL('../..', import.meta.url)))

/** What writes the unit of a service has to know of this installation, this instance and this machine. */
export function serviceDeps(settings: Settings, openInstance: () => Promise<OpenInstance>): ServiceDeps {
  const { home, logFolder, hostName, machineName, database } = settings
  const node = realpathSync(process.execPath)
  return {
    node,
    plan: {
      program: `${installation}/bin/redoma`,
      nodeFolder: node.startsWith(`${installation}/`) ? undefined : dirname(process.execPath),
      home,
      usualHome: rootsHome,
      logFolder,
      hostName: hostName === machineName ? undefined : hostName,
      databaseUrlFile: database !== undefined && 'file' in database ? database.file : undefined,
    },
    configured: () => {
      if (database !== undefined && 'url' in database) throw addressInNoUnit()
      return configuredOf(openInstance)
    },
    runProgram,
  }
}

/** A unit is read by everybody. */
function addressInNoUnit(): RedomaError {
  return new RedomaError(
    'USAGE',
    'the service would not have DATABASE_URL, which stands in no unit, as it holds a password',
    {
      hint: 'Write it into a file that the service can read alone, and name that in DATABASE_URL_FILE.',
    },
  )
}

async function configuredOf(openInstance: () => Promise<OpenInstance>): Promise<Configured | undefined> {
  try {
    await using instance = await openInstance()
    const { sources, destinations, instance: own } = instance.catalogue
    return {
      sources: await sources.list(),
      destinations: await destinations.list(),
      isAppliance: own.isAppliance,
      restoreRoot: await (await instance.restoreRoot()).read(),
    }
  } catch (error) {
    if (isRedomaError(error, 'INSTANCE_MISSING')) return undefined
    throw error
  }
}

async function runProgram(program: string, ...words: readonly string[]): Promise<string> {
  const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8' }
  try {
    const { stdout } = await promisify(execFile)(program, words, { timeout: 300_000, env })
    return stdout.trim()
  } catch (cause) {
    throw new RedomaError('PROGRAM_FAILED', `${[program, ...words].join(' ')} failed`, { cause })
  }
}
