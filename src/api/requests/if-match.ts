import type { Context } from 'hono'
import { Refused } from '../problems/refused.ts'

/**
 * The revision that a change was decided on, by `If-Match: "<revision>"`; `undefined` for `*`, and where the header need not be there and
 * is not.
 *
 * @throws Refused
 */
export function revisionAsked(context: Context, isNeeded: boolean): number | undefined {
  const header = context.req.header('if-match')?.trim()
  if (header === '*') return undefined
  if (header === undefined) {
    if (!isNeeded) return undefined
    throw new Refused(428, 'what is to be changed has to be named as it was read', {
      hint: 'Send its ETag as If-Match; * changes it whatever it has become.',
    })
  }
  const revision = /^"([1-9]\d{0,14})"$/.exec(header)?.[1]
  if (revision === undefined) throw new Refused(412, 'this If-Match is no ETag of what is there')
  return Number(revision)
}
