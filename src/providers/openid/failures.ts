import { isRedomaError, messageOf, RedomaError, systemCode } from '../../core/errors.ts'

const hint =
  'See that it runs and can be reached from here: redoma config openid --test. Until then there are passwords and passkeys.'

/** Of the library, and of Node.js. */
const ofTime = ['OAUTH_TIMEOUT', 'OAUTH_ABORT', 'ABORT_ERR']
const ofForm = ['OAUTH_RESPONSE_IS_NOT_JSON', 'OAUTH_PARSE_ERROR', 'OAUTH_HTTP_REQUEST_FORBIDDEN']

/** What went wrong while the provider was asked about itself. */
export function failureOf(error: unknown, issuer: string): RedomaError {
  const ours = chainOf(error).find((one) => isRedomaError(one))
  const why = ours === undefined ? reasonOf(error) : messageOf(ours)
  return new RedomaError('PROVIDER_FAILED', `the provider ${issuer} cannot be used: ${why}`, {
    hint,
    cause: error,
  })
}

/**
 * What went wrong with an answer that a browser came back with: either the provider failed us, or the answer is none that lets anybody in. Nothing of what
 * the provider wrote is repeated but the short words that standards have for it.
 */
export function refusalOf(error: unknown, issuer: string): RedomaError {
  if (isRedomaError(error)) return error
  if (chainOf(error).some(isOfTheWay)) return failureOf(error, issuer)
  const code = wordOf(error, 'error')
  if (code === 'invalid_client' || code === 'unauthorized_client')
    return new RedomaError(
      'PROVIDER_FAILED',
      `the provider ${issuer} does not know this instance (${code})`,
      {
        hint: 'Its client ID or its secret is another one now: redoma config openid',
        cause: error,
      },
    )
  if (code === 'server_error' || code === 'temporarily_unavailable') return failureOf(error, issuer)
  return new RedomaError('NOT_SIGNED_IN', code ?? wordOf(error, 'code') ?? 'its answer is none', {
    cause: error,
  })
}

/** Of the network, of TLS, of time, of a server that is not well, and of ours: not of what was answered. */
function isOfTheWay(error: unknown): boolean {
  const code = wordOf(error, 'code') ?? ''
  const isOfSystem = error instanceof Error && error.name !== 'ClientError' && systemCode(error) !== undefined
  const isOfTls = /^(ERR_TLS|CERT|DEPTH|SELF|UNABLE)/.test(code)
  const status = error instanceof Response ? error.status : 0
  return (
    isRedomaError(error) ||
    (isOfSystem && (isOfTls || /^E[A-Z]+$/.test(code))) ||
    [...ofTime, ...ofForm].includes(code) ||
    status >= 500
  )
}

function reasonOf(error: unknown): string {
  const chain = chainOf(error)
  const status = chain.find((one) => one instanceof Response)?.status
  if (status !== undefined && status !== 200) return `it answered with status ${status}`
  if (chain.some((one) => ofTime.includes(wordOf(one, 'code') ?? ''))) return 'it did not answer in time'
  const system = chain.findLast((one) => one instanceof Error && wordOf(one, 'code') !== undefined)
  return system === undefined ? messageOf(error) : messageOf(system)
}

function wordOf(error: unknown, name: 'error' | 'code'): string | undefined {
  if (!(error instanceof Error)) return undefined
  const value: unknown = Reflect.get(error, name)
  return typeof value === 'string' && /^[A-Za-z_]{1,60}$/.test(value) ? value : undefined
}

function chainOf(error: unknown): readonly unknown[] {
  const chain: unknown[] = []
  for (
    let one = error;
    one !== undefined && chain.length < 5;
    one = one instanceof Error ? one.cause : undefined
  )
    chain.push(one)
  return chain
}
