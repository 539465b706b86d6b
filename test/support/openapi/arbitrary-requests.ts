import { fc } from '@fast-check/vitest'
import { type ApiDescription, type JsonSchema, type Operation, type Parameter, resolved } from './schema.ts'

/** In every value that is a secret, and nowhere else. */
export const canary = 'canary-7f3a'

export interface MadeUpRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | undefined
}

/** Names of what there is, so that some requests meet something. */
const known = ['a', 'nas', 'etc', '1', '2', 'registry', 'credentials', 'daily', 'mail']

const nasty = [
  ...[
    '',
    ' ',
    '\0',
    '\n',
    '..',
    '../../etc/passwd',
    '%',
    '%00',
    '\\',
    "' or 1=1 --",
    '"',
    '{}',
    '[]',
    'null',
  ],
  ...[
    '-1',
    '0',
    '1e999',
    '9007199254740993',
    'NaN',
    '__proto__',
    'constructor',
    '💥',
    'é',
    '\ud800',
    '\u202e',
  ],
  ...['x'.repeat(300), 'x'.repeat(3000), '*', '"1"', 'W/"1"'],
]

const anyText = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...known) },
  { weight: 2, arbitrary: fc.constantFrom(...nasty) },
  fc.string({ unit: 'binary', maxLength: 20 }),
)

/** Requests for one operation: such as fit its description, such as fit but for one thing, and such as fit not at all. */
export function requestsFor(
  api: ApiDescription,
  path: string,
  method: string,
  { parameters = [], requestBody }: Operation,
): fc.Arbitrary<MadeUpRequest> {
  const parameter = (one: Parameter): fc.Arbitrary<readonly [Parameter, string | undefined]> => {
    const fitting = valueOf(api, one.schema).map((value) =>
      typeof value === 'string' ? value : JSON.stringify(value),
    )
    const present = fc.oneof({ weight: 4, arbitrary: fitting }, { weight: 1, arbitrary: anyText })
    const there = one.name === 'id' ? ['a', '1'] : ['nas', 'etc']
    if (one.in === 'path')
      return fc.oneof(fc.constantFrom(...there), present).map((text) => [one, text] as const)
    const value = one.required === true ? present : fc.option(present, { nil: undefined, freq: 2 })
    return value.map((text) => [one, text] as const)
  }
  const schema = requestBody?.content['application/json'].schema
  const body =
    schema === undefined
      ? fc.constant(undefined)
      : fc.oneof(
          { weight: 6, arbitrary: valueOf(api, schema).map((value) => JSON.stringify(value)) },
          { weight: 2, arbitrary: spoiled(valueOf(api, schema)) },
          { weight: 1, arbitrary: fc.jsonValue().map((value) => JSON.stringify(value)) },
          { weight: 1, arbitrary: anyText },
        )
  const stray = fc.option(fc.tuple(fc.constantFrom('x', 'limit', 'sort', 'constructor'), anyText), {
    nil: undefined,
    freq: 8,
  })
  const type = fc.oneof(
    { weight: 9, arbitrary: fc.constant('application/json') },
    fc.constantFrom('text/plain', 'x'),
  )
  return fc
    .tuple(fc.tuple(...parameters.map(parameter)), body, stray, type)
    .map(([values, text, more, contentType]) => {
      const url = new URL('http://localhost')
      url.pathname = path.replace(/\{(\w+)\}/g, (_, name: string) => {
        const value = values.find(([one]) => one.in === 'path' && one.name === name)?.[1] ?? ''
        // An empty part, or one that leads up, would be another path.
        return value === '' || /^\.+$/.test(value) ? 'x' : encodeURIComponent(value.toWellFormed())
      })
      for (const [one, value] of values)
        if (one.in === 'query' && value !== undefined) url.searchParams.append(one.name, value)
      if (more !== undefined) url.searchParams.append(...more)
      const headers = values.flatMap(([one, value]) =>
        one.in === 'header' && value !== undefined && /^[\x20-\x7e]*$/.test(value)
          ? [[one.name, value] as const]
          : [],
      )
      const all = text === undefined ? headers : [...headers, ['content-type', contentType] as const]
      return {
        method: method.toUpperCase(),
        path: url.pathname + url.search,
        headers: Object.fromEntries(all),
        body: text,
      }
    })
}

/** JSON with one of its values taken for another. */
function spoiled(fitting: fc.Arbitrary<unknown>): fc.Arbitrary<string> {
  return fc.tuple(fitting, fc.nat(), fc.jsonValue()).map(([value, which, other]) => {
    if (typeof value !== 'object' || value === null) return JSON.stringify(other)
    const names = Object.keys(value)
    const name = names[which % Math.max(1, names.length)] ?? 'x'
    return JSON.stringify({ ...value, [name]: other })
  })
}

function valueOf(api: ApiDescription, asked: JsonSchema): fc.Arbitrary<unknown> {
  const schema = resolved(api, asked)
  const options = schema.anyOf ?? schema.oneOf
  if (options !== undefined) return fc.oneof(...options.map((option) => valueOf(api, option)))
  if (schema.allOf !== undefined) {
    const parts = fc.tuple(...schema.allOf.map((part) => valueOf(api, part)))
    return parts.map((values) => Object.assign({}, ...values) as unknown)
  }
  if ('const' in schema) return fc.constant(schema.const)
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum)
  const types = schema.type === undefined ? ['string'] : [schema.type].flat()
  return fc.oneof(...types.map((type) => ofType(api, type, schema)))
}

function ofType(api: ApiDescription, type: string, schema: JsonSchema): fc.Arbitrary<unknown> {
  switch (type) {
    case 'null':
      return fc.constant(null)
    case 'boolean':
      return fc.boolean()
    case 'integer':
    case 'number': {
      const { minimum = -5, maximum = 2 ** 53 } = schema
      const small = fc.integer({ min: Math.ceil(minimum), max: Math.min(maximum, Math.ceil(minimum) + 100) })
      return fc.oneof(small, fc.constantFrom(minimum, maximum))
    }
    case 'array': {
      const bounds = { minLength: schema.minItems ?? 0, maxLength: Math.min(schema.maxItems ?? 4, 4) }
      return fc.array(valueOf(api, schema.items ?? {}), bounds)
    }
    case 'object': {
      const properties = Object.entries(schema.properties ?? {})
      const model = Object.fromEntries(properties.map(([name, one]) => [name, valueOf(api, one)]))
      return fc.record(model, { requiredKeys: [...(schema.required ?? [])] })
    }
    default:
      return textOf(schema)
  }
}

function textOf({
  format,
  pattern,
  minLength = 0,
  maxLength = 1000,
  writeOnly,
}: JsonSchema): fc.Arbitrary<string> {
  if (writeOnly === true)
    return fc.string({ unit: 'binary', maxLength: 20 }).map((text) => `${canary}${text}`)
  if (format === 'uuid') return fc.uuid()
  if (format === 'date-time')
    return fc
      .date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-01-01') })
      .map((at) => at.toISOString())
  if (format === 'base64')
    return fc.string({ maxLength: 20 }).map((text) => Buffer.from(`${canary}${text}`).toString('base64'))
  if (pattern !== undefined) {
    const form = new RegExp(pattern, 'u')
    const fitting = [...known, ...samples].filter((text) => form.test(text))
    return fitting.length > 0 ? fc.constantFrom(...fitting) : anyText
  }
  return fc.oneof(
    { weight: 4, arbitrary: anyText.filter((text) => text.length >= minLength && text.length <= maxLength) },
    fc.string({ minLength, maxLength: Math.min(maxLength, minLength + 30) }),
  )
}

const samples = [
  'nas.example.com',
  'backup',
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5',
  'us-east-1',
  'a'.repeat(64),
  'root@jump:22',
]
