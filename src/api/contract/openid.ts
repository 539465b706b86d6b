import { z } from '@hono/zod-openapi'

const word = z.string().max(4096).optional()

/** What providers send a browser back with (OpenID Connect Core 1.0, 3.1.2.5 and 3.1.2.6); they add to it. */
export const openIdAnswer = z
  .object({ code: word, state: word, iss: word, error: word, error_description: word, session_state: word })
  .openapi('OpenIdAnswer')

const elsewhere = z.object({ location: z.string() })

/** An answer that sends a browser elsewhere. */
export function redirect(description: string): { description: string; headers: typeof elsewhere } {
  return { description, headers: elsewhere }
}
