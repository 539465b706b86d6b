import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { RedomaError } from '../../core/errors.ts'

/** What of a request does not fit, by a JSON pointer into it (RFC 6901). */
export interface RequestError {
  readonly pointer: string
  readonly detail: string
}

/** A request that HTTP has a status of its own for. */
export class Refused extends RedomaError {
  readonly status: ContentfulStatusCode
  readonly errors: readonly RequestError[]
  readonly headers: Readonly<Record<string, string>>

  constructor(
    status: ContentfulStatusCode,
    message: string,
    more: {
      readonly hint?: string
      readonly errors?: readonly RequestError[]
      readonly headers?: Readonly<Record<string, string>>
    } = {},
  ) {
    super('USAGE', message, { hint: more.hint })
    this.status = status
    this.errors = more.errors ?? []
    this.headers = more.headers ?? {}
  }
}
