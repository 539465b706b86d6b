import { RedomaError } from '../../core/errors.ts'
import type { ServerSpec } from '../../ports/database.ts'

/** How a server of databases is asked, as commander gives it. */
export interface ServerOptions {
  readonly database?: readonly string[]
  readonly user?: string
  readonly credential?: string
  readonly runAs?: string
  readonly accounts: boolean
}

const usualUsers = { postgresql: 'postgres', mariadb: 'root' } as const

/** @throws RedomaError `USAGE`, and what `credentialId` throws */
export async function serverSpecOf(
  kind: ServerSpec['kind'],
  server: string,
  { database, user = usualUsers[kind], credential, runAs, accounts }: ServerOptions,
  credentialId: (text: string) => Promise<string>,
): Promise<ServerSpec> {
  return {
    kind,
    ...placeOf(server),
    user,
    accounts,
    ...(database === undefined ? {} : { databases: database }),
    ...(credential === undefined ? {} : { credential: await credentialId(credential) }),
    ...(runAs === undefined ? {} : { runAs }),
  }
}

/** An option that is silently ignored is a promise that is not kept. */
export function refuseServerOptions({ database, user, credential, runAs, accounts }: ServerOptions): void {
  const given = { '--database': database, '--user': user, '--credential': credential, '--run-as': runAs }
  const [option] =
    Object.entries(given).find(([, value]) => value !== undefined) ?? (accounts ? [] : ['--no-accounts'])
  if (option === undefined) return
  throw new RedomaError('USAGE', `${option} goes with --postgresql and --mariadb only`)
}

function placeOf(server: string): { readonly host: string; readonly port?: number } {
  if (server.startsWith('/')) return { host: server }
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(server) ?? []
  const host = bracketed ?? plain
  if (host === undefined) {
    throw new RedomaError('USAGE', `${JSON.stringify(server)} is not a server`, {
      hint: 'It looks like HOST, HOST:PORT, [IPV6-ADDRESS]:PORT or /the/path/of/its/socket.',
    })
  }
  return port === undefined ? { host } : { host, port: Number(port) }
}
