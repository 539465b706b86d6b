import { z } from '@hono/zod-openapi'
import { invitationPage, invitationPolicy } from '../access/invitation-page.ts'
import { problems } from '../contract/problem.ts'
import { type Api, createRoute } from '../contract/route.ts'

/** Where a link of an invitation leads: `/invitation#` and what was given. */
export const invitationPath = '/invitation'

const html = 'text/html; charset=utf-8'

export function serveInvitationPage(app: Api): void {
  const page = createRoute({
    method: 'get',
    path: invitationPath,
    operationId: 'getInvitationPage',
    summary: 'The page on which who was invited sets a password',
    tags: ['users'],
    'x-permission': 'anyone',
    responses: {
      200: { description: 'The page.', content: { [html]: { schema: z.string() } } },
      ...problems,
    },
  })
  app.openapi(page, (context) => {
    const headers = { 'content-type': html, 'content-security-policy': invitationPolicy }
    return context.body(invitationPage, 200, headers)
  })
}
