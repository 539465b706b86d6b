import { admitNobody } from './admission.ts'
import type { ApiDeps } from './deps.ts'
import { makeApi } from './make-api.ts'

/** The description of the API that is checked in as docs/api/openapi.json. */
export function openApiDocument(): object {
  // Routes are declared without an instance being asked for anything.
  const nothing = { instance: {}, stopping: new AbortController().signal } as ApiDeps
  const api = makeApi(nothing, admitNobody)
  api.openAPIRegistry.registerComponent('securitySchemes', 'session', {
    type: 'apiKey',
    in: 'cookie',
    name: '__Host-redoma',
  })
  api.openAPIRegistry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer' })
  return api.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Redoma',
      version: '1',
      description: [
        'The API of an instance, served by `redoma serve` on the Unix socket `run/api.sock` in its folder, and by HTTPS where the operator opens a port.',
        'Requests that fail are answered with problem details (RFC 9457). No answer holds a secret, but for what is shown once, when it is made: an invitation, a token, the key of a second factor.',
        '`x-permission` says what who asks must be allowed to do; `signed-in`: any user, with a session and not by a token; `anyone`: nobody is asked for a name. `x-no-token`: no token does it, whatever it may.',
      ].join(' '),
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    servers: [{ url: '/' }],
    // By the socket nothing is asked for, which OpenAPI writes as an empty one.
    security: [{ session: [] }, { token: [] }, {}],
  })
}
