import { OpenAPIHono } from '@hono/zod-openapi'
import type { MiddlewareHandler } from 'hono'
import { requestId } from 'hono/request-id'
import { RedomaError } from '../core/errors.ts'
import { guard } from './access/guard.ts'
import type { Admit } from './admission.ts'
import type { Api, ApiEnvironment } from './contract/route.ts'
import type { ApiDeps } from './deps.ts'
import { boundInFlight } from './gates/bound-in-flight.ts'
import { boundBodies, boundTime } from './limits.ts'
import { answerProblem, misshapen } from './problems/answer-problem.ts'
import { doOnce } from './requests/do-once.ts'
import { openRestoreDesk } from './restores/restore-desk.ts'
import { serveApprovals } from './routes/approvals.ts'
import { serveAudit } from './routes/audit.ts'
import { changeChannels } from './routes/change-channels.ts'
import { changeCredentials } from './routes/change-credentials.ts'
import { changePlaces } from './routes/change-places.ts'
import { changePlans } from './routes/change-plans.ts'
import { serveChannels } from './routes/channels.ts'
import { serveCoverage } from './routes/coverage.ts'
import { serveCredentials } from './routes/credentials.ts'
import { doRuns } from './routes/do-runs.ts'
import { serveEvents } from './routes/events.ts'
import { serveGlass } from './routes/glass.ts'
import { serveIncidents } from './routes/incidents.ts'
import { serveInstance } from './routes/instance.ts'
import { serveInvitationPage } from './routes/invitation-page.ts'
import { serveOpenId } from './routes/openid.ts'
import { operations } from './routes/operations.ts'
import { serveOwnAccess } from './routes/own-access.ts'
import { servePasskeys } from './routes/passkeys.ts'
import { servePlaces } from './routes/places.ts'
import { servePlans } from './routes/plans.ts'
import { serveRecordings } from './routes/recordings.ts'
import { serveRestores } from './routes/restores.ts'
import { serveRoutines } from './routes/routines.ts'
import { serveRuns } from './routes/runs.ts'
import { serveSession } from './routes/session.ts'
import { serveSnapshots } from './routes/snapshots.ts'
import { serveTokens } from './routes/tokens.ts'
import { serveUsers } from './routes/users.ts'
import { serveVerifications } from './routes/verifications.ts'
import { openRunDesk } from './runs/run-desk.ts'
import { openStreams } from './stream-events.ts'
import { openVerificationDesk } from './verifications/verification-desk.ts'

const resources = [
  serveInstance,
  serveCredentials,
  changeCredentials,
  servePlaces,
  changePlaces,
  servePlans,
  changePlans,
  serveRoutines,
  serveRuns,
  serveRecordings,
  serveSnapshots,
  serveGlass,
  serveCoverage,
  serveIncidents,
  serveApprovals,
  serveChannels,
  changeChannels,
  serveAudit,
  serveSession,
  serveOwnAccess,
  servePasskeys,
  serveOpenId,
  serveTokens,
  serveUsers,
]

type Gate = MiddlewareHandler<ApiEnvironment>

/** Where the API begins; a change that breaks a client gets another number. */
export const apiPath = '/api/v1'

/**
 * The whole API.
 *
 * @param admit who of those that reach its listener is let in. What a route needs beyond that, it says itself; whether the daemon lives and is ready, anybody may ask
 * @param gates what each request goes through before that
 */
export function makeApi(deps: ApiDeps, admit: Admit, gates: readonly Gate[] = []): Api {
  const app = framed(deps, gates)
  const bound = boundInFlight()
  app.use('/metrics', bound)
  app.use(`${apiPath}/*`, bound)
  app.use(guard(app, admit))
  app.route('/', operations(deps))
  serveInvitationPage(app)
  const api = emptyApi()
  api.use(doOnce(deps))
  for (const serve of resources) serve(api, deps)
  const stream = openStreams(deps)
  doRuns(api, deps, deps.desk ?? openRunDesk(deps), stream)
  serveVerifications(api, deps, deps.verifications ?? openVerificationDesk(deps), stream)
  serveRestores(api, deps, deps.restores ?? openRestoreDesk(deps), stream)
  serveEvents(api, deps, stream)
  app.route(apiPath, api)
  return app
}

/** What may be asked by who reaches a port of this machine. */
export function makeOperations(deps: ApiDeps, gates: readonly Gate[] = []): Api {
  const app = framed(deps, gates)
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
function framed({ instance }: ApiDeps, gates: readonly Gate[]): Api {
  const app = emptyApi()
  app.use(requestId(), forNobodyElse)
  if (gates.length > 0) app.use(...gates)
  app.use(boundTime(), boundBodies)
  app.onError((error, context) => answerProblem(context, error, instance.log))
  app.notFound((context) => {
    const { method, path } = context.req
    const error = new RedomaError('NOT_FOUND', `there is no ${method} ${path}`)
    return answerProblem(context, error, instance.log)
  })
  return app
}

/** No answer is kept by who carries it, taken for another kind than it is, shown by another page or as one, or told of to whoever comes next. */
const forNobodyElse: MiddlewareHandler = async (context, next) => {
  await next()
  for (const [name, value] of Object.entries(safeHeaders)) context.header(name, value)
  // What is a page says itself what it may load.
  if (!context.res.headers.has('content-security-policy'))
    context.header('content-security-policy', nothingLoaded)
}

const nothingLoaded = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

const safeHeaders = {
  'cache-control': 'no-store',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}
