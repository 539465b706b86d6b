import { z } from '@hono/zod-openapi'
import { dangers } from '../../ports/approval.ts'
import { approvalJson, approvalStates } from '../../ports/approval-json.ts'
import { actorOf } from '../access/asked-by.ts'
import { requireProof } from '../access/require-proof.ts'
import { order, pageOf, paging, time } from '../contract/paging.ts'
import { problems } from '../contract/problem.ts'
import { type Api, body, createRoute, json } from '../contract/route.ts'
import { proven } from '../contract/user.ts'
import type { ApiDeps } from '../deps.ts'
import { paged } from '../paging/paged.ts'

const approval = z
  .object({
    id: z.int().positive(),
    state: z.enum(approvalStates),
    danger: z.enum(dangers),
    subject: z.string(),
    lines: z.array(z.string()).openapi({ description: 'All that is agreed to.' }),
    askedBy: z.string(),
    askedAt: time,
    expiresAt: time,
    answeredBy: z.string().optional(),
    answeredAt: time.optional(),
    doneAt: time.optional(),
  })
  .openapi('Approval')

const id = z.object({ id: z.coerce.number<string>().int().positive() })

/** What waits for a second person, who answers here or by `redoma approval`. */
export function serveApprovals(api: Api, { instance, clock }: ApiDeps): void {
  const list = createRoute({
    method: 'get',
    path: '/approvals',
    operationId: 'listApprovals',
    summary: 'What a second person was asked, the newest first',
    tags: ['approvals'],
    'x-permission': 'view',
    request: { query: z.strictObject({ ...paging, ...order(['id'], 'desc') }) },
    responses: { 200: json(pageOf(approval), 'A page of them.'), ...problems },
  })
  api.openapi(list, async (context) => {
    const page = await paged(
      'approvals',
      context.req.valid('query'),
      (request) => instance.catalogue.approvals.page(request),
      (one) => approvalJson(one, clock.now()),
    )
    return context.json(page, 200)
  })

  const show = createRoute({
    method: 'get',
    path: '/approvals/{id}',
    operationId: 'getApproval',
    summary: 'What exactly a second person was asked',
    tags: ['approvals'],
    'x-permission': 'view',
    request: { params: id },
    responses: { 200: json(approval, 'It.'), ...problems },
  })
  api.openapi(show, async (context) => {
    const found = await instance.catalogue.approvals.get(context.req.valid('param').id)
    return context.json(approvalJson(found, clock.now()), 200)
  })

  const answer = createRoute({
    method: 'post',
    path: '/approvals/{id}/answer',
    operationId: 'answerApproval',
    summary: 'Agree or refuse, as an administrator who has signed in and did not ask it',
    tags: ['approvals'],
    'x-permission': 'manage-users',
    'x-no-token': true,
    request: { params: id, body: body(z.strictObject({ agreed: z.boolean(), ...proven })) },
    responses: { 200: json(approval, 'It is so now.'), ...problems },
  })
  api.openapi(answer, async (context) => {
    const { agreed, proof } = context.req.valid('json')
    await requireProof(context, instance.access, proof)
    const use = instance.as(actorOf(context)).answerApproval
    const answered = await use(context.req.valid('param').id, agreed)
    return context.json(approvalJson(answered, clock.now()), 200)
  })
}
