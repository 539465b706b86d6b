import { OpenAPIHono } from '@hono/zod-openapi'
import type { MiddlewareHandler } from 'hono'
import { requestId } from 'hono/request-id'
import { RedomaError } from '../core/errors.ts'
import { guard } from './access/guard.ts'
import type { Admit } from './admission.ts'
import type { Api, ApiEnvironment } from './contract/route.ts'
import type { ApiDeps } from './deps.ts'
import { boundBodies, boundTime } from './limits.ts'
import { answerProblem, misshapen } from './problems/answer-problem.ts'
import { doOnce } from './requests/do-once.ts'
import { serveAudit } from './routes/audit.ts'
import { changeCredentials } from './routes/change-credentials.ts'
import { changePlaces } from './routes/change-places.ts'
import { serveCoverage } from './routes/coverage.ts'
import { serveCredentials } from './routes/credentials.ts'
import { doRuns } from './routes/do-runs.ts'
import { serveEvents } from './routes/events.ts'
import { serveGlass } from './routes/glass.ts'
import { serveIncidents } from './routes/incidents.ts'
import { serveInstance } from './routes/instance.ts'
import { operations } from './routes/operations.ts'
import { servePlaces } from './routes/places.ts'
import { serveRecordings } from './routes/recordings.ts'
import { serveRuns } from './routes/runs.ts'
import { openRunDesk } from './runs/run-desk.ts'
import { openStreams } from './stream-events.ts'

const resources = [
  serveInstance,
  serveCredentials,
  changeCredentials,
  servePlaces,
  changePlaces,
  serveRuns,
  serveRecordings,
  serveGlass,
  serveCoverage,
  serveIncidents,
  serveAudit,
]

/** Where the API begins; a change that breaks a client gets another number. */
export const apiPath = '/api/v1'

/**
 * The whole API.
 *
 * @param admit who of those that reach its listener is let in. What a route needs beyond that, it says itself; whether the daemon lives and is ready, anybody may ask
 */
export function makeApi(deps: ApiDeps, admit: Admit): Api {
  const app = framed(deps)
  app.use(guard(app, admit))
  app.route('/', operations(deps))
  const api = emptyApi()
  api.use(doOnce(deps))
  for (const serve of resources) serve(api, deps)
  const stream = openStreams(deps)
  doRuns(api, deps, deps.desk ?? openRunDesk(deps), stream)
  serveEvents(api, deps, stream)
  app.route(apiPath, api)
  return app
}

/** What may be asked by who reaches a port of this machine. */
export function makeOperations(deps: ApiDeps): Api {
  const app = framed(deps)
  app.route('/', operations(deps))
  return app
}

function emptyApi(): Api {
  return new OpenAPIHono<ApiEnvironment>({
    defaultHook: (result) => {
      if (!result.success) throw misshapen(result.target, result.error)
    },
  })
}

/** What every request goes through, and how it is answered when it fails. */
function framed({ instance }: ApiDeps): Api {
  const app = emptyApi()
  app.use(requestId(), notKept, boundTime(), boundBodies)
  app.onError((error, context) => answerProblem(context, error, instance.log))
  app.notFound((context) => {
    const { method, path } = context.req
    const error = new RedomaError('NOT_FOUND', `there is no ${method} ${path}`)
    return answerProblem(context, error, instance.log)
  })
  return app
}

/** No answer is kept by who carries it, or taken for another kind than it is. */
const notKept: MiddlewareHandler = async (context, next) => {
  await next()
  context.header('cache-control', 'no-store')
  context.header('x-content-type-options', 'nosniff')
}
