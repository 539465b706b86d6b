import type { Api } from '../../src/api/contract/route.ts'
import type { ApiDeps } from '../../src/api/deps.ts'
import { makeApi } from '../../src/api/make-api.ts'
import { makeReportReadiness } from '../../src/app/readiness.ts'
import { anInstance, type TestInstance } from './instance.ts'

export interface LoggedLine {
  readonly level: 'info' | 'warn' | 'error'
  readonly event: string
  readonly fields: Readonly<Record<string, unknown>>
}

export interface Served extends AsyncDisposable {
  readonly instance: TestInstance
  readonly deps: ApiDeps
  readonly api: Api
  readonly logged: readonly LoggedLine[]
  stop(): void
}

/** An instance with its API, as a daemon would serve it. */
export async function aServedInstance(): Promise<Served> {
  const instance = await anInstance()
  const { catalogue, clock } = instance
  const logged: LoggedLine[] = []
  const logAs =
    (level: LoggedLine['level']) =>
    (event: string, fields: LoggedLine['fields'] = {}): void => {
      logged.push({ level, event, fields })
    }
  const log = { info: logAs('info'), warn: logAs('warn'), error: logAs('error') }
  const stop = new AbortController()
  const served = { catalogue, log, reportReadiness: makeReportReadiness({ catalogue, clock }) }
  const deps: ApiDeps = { instance: served, clock, version: '1.2.3', stopping: stop.signal }
  return {
    instance,
    deps,
    api: makeApi(deps),
    logged,
    stop: () => {
      stop.abort()
    },
    async [Symbol.asyncDispose]() {
      stop.abort()
      await instance[Symbol.asyncDispose]()
    },
  }
}
