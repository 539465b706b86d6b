/** What of JSON Schema 2020-12 the API's description uses. */
export interface JsonSchema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly format?: string
  readonly pattern?: string
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly items?: JsonSchema
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | JsonSchema
  readonly anyOf?: readonly JsonSchema[]
  readonly oneOf?: readonly JsonSchema[]
  readonly allOf?: readonly JsonSchema[]
  readonly writeOnly?: boolean
}

export interface Parameter {
  readonly name: string
  readonly in: 'query' | 'path' | 'header'
  readonly required?: boolean
  readonly schema: JsonSchema
}

export interface Operation {
  readonly operationId: string
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: {
    readonly content: { readonly 'application/json': { readonly schema: JsonSchema } }
  }
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { schema: JsonSchema }>> }>
  >
}

export interface ApiDescription {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> }
}

export function resolved({ components }: ApiDescription, schema: JsonSchema): JsonSchema {
  const name = schema.$ref?.replace('#/components/schemas/', '')
  return name === undefined ? schema : (components.schemas[name] ?? {})
}

/** What of a value does not fit its schema, by a pointer into it; nothing where all of it does. */
export function misfits(api: ApiDescription, asked: JsonSchema, value: unknown, at = ''): string[] {
  const schema = resolved(api, asked)
  const options = schema.anyOf ?? schema.oneOf
  if (options !== undefined) {
    const all = options.map((option) => misfits(api, option, value, at))
    return all.some((found) => found.length === 0) ? [] : (all[0] ?? [])
  }
  const ofAll = (schema.allOf ?? []).flatMap((one) => misfits(api, one, value, at))
  if (schema.enum !== undefined && !schema.enum.includes(value)) return [...ofAll, `${at}: is none of them`]
  if ('const' in schema && schema.const !== value) return [...ofAll, `${at}: is not ${String(schema.const)}`]
  const types = schema.type === undefined ? [] : [schema.type].flat()
  if (types.length > 0 && !types.some((type) => isOf(type, value)))
    return [...ofAll, `${at}: is no ${types.join()} (${typeof value})`]
  if (Array.isArray(value)) {
    const { items } = schema
    return items === undefined
      ? ofAll
      : [...ofAll, ...value.flatMap((one, index) => misfits(api, items, one, `${at}/${index}`))]
  }
  if (typeof value !== 'object' || value === null) return ofAll
  return [...ofAll, ...misfitsOfObject(api, schema, value as Record<string, unknown>, at)]
}

function misfitsOfObject(
  api: ApiDescription,
  { properties = {}, required = [], additionalProperties, type }: JsonSchema,
  value: Readonly<Record<string, unknown>>,
  at: string,
): string[] {
  const missing = required.filter((name) => !(name in value)).map((name) => `${at}/${name}: is missing`)
  const wrong = Object.entries(value).flatMap(([name, one]) => {
    const schema =
      properties[name] ?? (typeof additionalProperties === 'object' ? additionalProperties : undefined)
    if (schema !== undefined) return misfits(api, schema, one, `${at}/${name}`)
    // An answer has nothing that its description does not have, whether it says so or not.
    return type === 'object' && additionalProperties !== true ? [`${at}/${name}: is not described`] : []
  })
  return [...missing, ...wrong]
}

function isOf(type: string, value: unknown): boolean {
  switch (type) {
    case 'null':
      return value === null
    case 'array':
      return Array.isArray(value)
    case 'integer':
      return Number.isInteger(value)
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value)
    default:
      return typeof value === type
  }
}
