import type { Context } from 'hono'
import { RedomaError } from '../../core/errors.ts'
import { Refused } from '../problems/refused.ts'

/**
 * The revision that a change was decided on, by `If-Match: "<revision>"`; `undefined` for `*`, and where the header need not be there and
 * is not.
 *
 * @throws Refused
 */
export function revisionAsked(context: Context, isNeeded: boolean): number | undefined {
  const header = tagAsked(context, isNeeded)
  if (header === undefined) return undefined
  const revision = /^"([1-9]\d{0,14})"$/.exec(header)?.[1]
  if (revision === undefined) throw new Refused(412, 'this If-Match is no ETag of what is there')
  return Number(revision)
}

/** Whether what is there is what the change was decided on, by its ETag. @throws Refused */
export function requireMatch(context: Context, tag: string, isNeeded: boolean): void {
  const header = tagAsked(context, isNeeded)
  if (header === undefined || header === tag) return
  throw new RedomaError('CHANGED_MEANWHILE', 'somebody has changed this since it was read', {
    hint: 'Read it again, and decide on what it has become.',
  })
}

function tagAsked(context: Context, isNeeded: boolean): string | undefined {
  const header = context.req.header('if-match')?.trim()
  if (header === '*') return undefined
  if (header !== undefined || !isNeeded) return header
  throw new Refused(428, 'what is to be changed has to be named as it was read', {
    hint: 'Send its ETag as If-Match; * changes it whatever it has become.',
  })
}
