import { constants } from 'node:os'
import { getSystemErrorMap } from 'node:util'

/** An error of the system in the shape of Node's own: `code`, `errno` (negative), `syscall`, `path`. */
export function systemError(errno: number, syscall: string, path: Uint8Array | undefined): Error {
  const [code, text] = getSystemErrorMap().get(-errno) ?? [`E${errno}`, 'unknown error']
  const shown = path === undefined ? undefined : Buffer.from(path).toString()
  const message = `${code}: ${text}, ${syscall}${shown === undefined ? '' : ` '${shown}'`}`
  return Object.assign(new Error(message), {
    code,
    errno: -errno,
    syscall,
    ...(shown === undefined ? {} : { path: shown }),
  })
}

export function notSupported(syscall: string, path: Uint8Array | undefined): Error {
  return systemError(constants.errno.ENOTSUP, syscall, path)
}
