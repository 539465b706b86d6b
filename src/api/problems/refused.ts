import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { RedomaError } from '../../core/errors.ts'
import { codeOfRefusal } from './code-of-refusal.ts'

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
    super(codeOfRefusal(status), message, { hint: more.hint })
    this.status = status
    this.errors = more.errors ?? []
    this.headers = more.headers ?? {}
  }
}
