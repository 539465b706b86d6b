import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { guards } from '../../src/api/contract/route.ts'
import { openApiDocument } from '../../src/api/openapi.ts'

interface Operation {
  readonly operationId?: string
  readonly summary?: string
  readonly 'x-permission'?: string
  readonly responses: Readonly<Record<string, unknown>>
}

describe('the description of the API', () => {
  test('is what the code makes: npm run openapi writes it', async () => {
    const checkedIn = await readFile(new URL('../../docs/api/openapi.json', import.meta.url), 'utf8')

    expect(JSON.parse(checkedIn)).toEqual(JSON.parse(JSON.stringify(openApiDocument())))
  })

  test('gives every route a name of its own, a permission, and problem details', () => {
    const { paths } = openApiDocument() as { paths: Record<string, Record<string, Operation>> }
    const routes = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ route: `${method} ${path}`, path, operation })),
    )

    const names = routes.map(({ operation }) => operation.operationId)
    expect(new Set(names).size).toBe(routes.length)
    expect(names).not.toContain(undefined)
    for (const { route, operation } of routes) expect(operation.responses, route).toHaveProperty('default')
    expect(routes.length).toBeGreaterThan(0)
    for (const { route, operation } of routes) expect(guards, route).toContain(operation['x-permission'])
  })
})
