import { randomUUID } from 'node:crypto'
import { lstat, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { messageOf, RedomaError, systemCode } from '../../core/errors.ts'

/** Where systemd looks for units of the administrator, which count before those of packages. */
export function unitPath(prefix: string): string {
  return join(prefix, 'etc/systemd/system/redoma.service')
}

/**
 * @returns `undefined` where there is none
 * @throws RedomaError `ALREADY_EXISTS` for what is no file, such as the link by which `systemctl mask` switches a service off; `FILE_FAILED`
 */
export async function readUnit(path: string): Promise<string | undefined> {
  try {
    if (!(await lstat(path)).isFile())
      throw new RedomaError(
        'ALREADY_EXISTS',
        `${path} is no file: the service is masked, or a link to elsewhere`,
        {
          hint: 'systemctl unmask redoma, or look what it is and remove it.',
        },
      )
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof RedomaError) throw error
    if (systemCode(error) === 'ENOENT') return undefined
    throw failed(`${path} cannot be read`, error)
  }
}

/** All of it or nothing, whenever the power fails; readable by all, as units are. @throws RedomaError `FILE_FAILED` */
export async function writeUnit(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomUUID()}.new`
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o755 })
    {
      await using file = await open(temporary, 'wx', 0o644)
      await file.chmod(0o644)
      await file.writeFile(text)
      await file.sync()
    }
    await rename(temporary, path)
    await using folder = await open(dirname(path), 'r')
    await folder.sync()
  } catch (error) {
    throw failed(`${path} cannot be written`, error)
  } finally {
    await rm(temporary, { force: true }).catch(() => undefined)
  }
}

/** @throws RedomaError `FILE_FAILED` */
export async function removeUnit(path: string): Promise<void> {
  await rm(path).catch((error: unknown) => {
    throw failed(`${path} cannot be removed`, error)
  })
}

function failed(what: string, cause: unknown): RedomaError {
  return new RedomaError('FILE_FAILED', `${what}: ${messageOf(cause)}`, { hint: 'Run it as root.', cause })
}
