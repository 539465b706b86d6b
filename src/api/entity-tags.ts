import { createHash } from 'node:crypto'
import type { Context } from 'hono'

/** Of a revision; strong, since nothing of what is answered changes without another one. */
export function entityTag(revision: number): string {
  return `"${revision}"`
}

/** Of what has no revision: by its content. */
export function contentTag(content: unknown): string {
  return `"${createHash('sha256').update(JSON.stringify(content)).digest('base64url').slice(0, 22)}"`
}

/** The answer with its ETag; 304 where who asks has it already. */
export function answerTagged<Answer>(context: Context, revision: number, answer: () => Answer): Answer {
  const tag = entityTag(revision)
  context.header('etag', tag)
  const known = context.req.header('if-none-match')
  if (known === undefined || !namesOf(known).some((name) => name === tag || name === '*')) return answer()
  // It is no answer that is described: who did not ask for it never gets it.
  return context.body(null, 304) as Answer
}

/** Weak or not: for whether something has changed, it is the same. */
export function namesOf(header: string): string[] {
  return header.split(',').map((name) => name.trim().replace(/^W\//, ''))
}
