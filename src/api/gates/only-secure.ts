import type { MiddlewareHandler } from 'hono'

/** For a listener of HTTPS: browsers that have been here never come without it again. Two years, as their lists ask for. */
export const onlySecure: MiddlewareHandler = async (context, next) => {
  await next()
  context.header('strict-transport-security', 'max-age=63072000')
}
