import { z } from '@hono/zod-openapi'

/** How every request that fails is answered (RFC 9457), with our codes. */
export const problem = z
  .object({
    type: z.string().openapi({ example: 'urn:redoma:problem:NOT_FOUND' }),
    title: z.string().openapi({ description: 'The phrase of the status.', example: 'Not Found' }),
    status: z.int().min(400).max(599),
    detail: z.string().openapi({ description: 'What happened, in a sentence for people.' }),
    code: z.string().openapi({ description: 'For programs: added to, and never renamed.' }),
    hint: z.string().optional().openapi({ description: 'What can be done about it.' }),
    errors: z
      .array(z.object({ pointer: z.string(), detail: z.string() }))
      .optional()
      .openapi({ description: 'What of the request does not fit; never with the value that was sent.' }),
    requestId: z.string().openapi({ description: "As in the answer's X-Request-Id, and in the log." }),
  })
  .openapi('Problem')

export type Problem = z.infer<typeof problem>

export const problemType = 'application/problem+json'

/** In every route. */
export const problems = {
  default: { description: 'It was not done.', content: { [problemType]: { schema: problem } } },
} as const
