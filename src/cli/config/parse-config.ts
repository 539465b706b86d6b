import { LineCounter, parseDocument, visit } from 'yaml'
import { z } from 'zod'
import type { Configuration, NamedSpec } from '../../app/plan-config.ts'
import { plainFolder } from '../../app/scopes/take-in.ts'
import { RedomaError } from '../../core/errors.ts'
import { type ChannelSettings, settingsOf } from '../../ports/channel.ts'
import { channelRules, channelSpec, misfitOf } from '../../ports/channel-settings.ts'
import { planSpec, schedule } from '../../ports/plan-spec.ts'
import { routineNames } from '../../ports/routine.ts'
import type { ScopeSpec } from '../../ports/scope.ts'
import { destinationSpec, entryName, sourceSpec } from '../../ports/specs.ts'

export const configSchemaName = 'redoma-config/1'
const configLimitBytes = 4 * 1024 * 1024

/** Where a time-stamping authority answers; `user:password@` has no place in a file that anybody may read. */
export const authorityPattern = /^https?:\/\/[^\s@]+$/

const named = z.looseObject({ name: entryName })
const plan = planSpec.extend({ enabled: z.boolean().default(true) })
const routine = z.strictObject({ enabled: z.boolean().default(true), schedule })
const file = z.strictObject({
  schema: z.literal(configSchemaName),
  appliance: z.boolean().optional(),
  timestamps: z
    .strictObject({
      authority: z.string().regex(authorityPattern, 'is not a URL: https://…, without a password').max(4096),
      certificates: z
        .string()
        .max(1024 * 1024)
        .optional(),
    })
    .nullable()
    .optional(),
  destinations: z.array(named).max(1000).default([]),
  sources: z.array(named).max(10_000).default([]),
  scopes: z.array(named).max(1000).optional(),
  channels: z.array(named).max(1000).optional(),
  plans: z.array(named).max(1000).optional(),
  routines: z
    .array(z.looseObject({ name: z.enum(routineNames) }))
    .max(routineNames.length)
    .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, 'names one twice')
    .optional(),
})

const words = z.array(z.string().min(1).max(4096)).max(1000).default([])
const scopeSpec = z
  .strictObject({
    folders: words,
    tags: words,
    owners: words,
    exclusive: z.boolean().default(false),
    ownKey: z.boolean().default(false),
  })
  .transform(
    ({ exclusive, ownKey, folders, ...selection }): ScopeSpec => ({
      ...selection,
      folders: folders.map(plainFolder),
      isExclusive: exclusive,
      hasOwnKey: ownKey,
    }),
  )

/**
 * A configuration file, YAML or JSON.
 *
 * @throws RedomaError `USAGE`, naming the line
 */
export function parseConfig(text: string): Configuration {
  if (text.length > configLimitBytes) throw new RedomaError('LIMIT_EXCEEDED', 'the configuration is too long')
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true })
  const [mistake] = document.errors
  if (mistake !== undefined)
    throw wrong(lines.linePos(mistake.pos[0]).line, mistake.message.split('\n')[0] ?? '')
  const lineAt = (path: readonly PropertyKey[]): number => lineOf(document, lines, path)
  refuseAliases(document, lines)
  const parsed = check(file, document.toJS({ maxAliasCount: 0 }), [], lineAt)
  return {
    appliance: parsed.appliance,
    timestamps: parsed.timestamps,
    destinations: parsed.destinations.map((entry, index) =>
      specOf(destinationSpec, entry, ['destinations', index], lineAt),
    ),
    sources: parsed.sources.map((entry, index) => specOf(sourceSpec, entry, ['sources', index], lineAt)),
    scopes: parsed.scopes?.map((entry, index) => specOf(scopeSpec, entry, ['scopes', index], lineAt)),
    channels: parsed.channels?.map((entry, index) => channelOf(entry, ['channels', index], lineAt)),
    plans: parsed.plans?.map((entry, index) => {
      const { name, spec } = specOf(plan, entry, ['plans', index], lineAt)
      const { enabled: isEnabled, ...words } = spec
      return { name, spec: { isEnabled, ...words } }
    }),
    routines: parsed.routines?.map(({ name, ...entry }, index) => {
      const spec = check(routine, entry, ['routines', index], lineAt)
      return { name, spec: { isEnabled: spec.enabled, schedule: spec.schedule } }
    }),
  }
}

/** A few lines of them can stand for gigabytes. */
function refuseAliases(document: ReturnType<typeof parseDocument>, lines: LineCounter): void {
  visit(document, {
    Alias(_, { range }) {
      throw wrong(lines.linePos(range?.[0] ?? 0).line, 'aliases are not understood')
    },
  })
}

/** Its spec, and its rules beside it. */
function channelOf(
  { name, ...entry }: z.output<typeof named>,
  path: readonly PropertyKey[],
  lineAt: LineAt,
): NamedSpec<ChannelSettings> {
  const { credential, leastSeverity, quietHours, digestMinutes, ...rest } = entry
  const given = { credential, leastSeverity, quietHours, digestMinutes }
  const rules = check(channelRules, given, path, lineAt)
  const settings = settingsOf({ ...rules, spec: check(channelSpec, rest, path, lineAt) })
  const misfit = misfitOf(settings)
  if (misfit !== undefined) throw wrong(lineAt(path), misfit)
  return { name, spec: settings }
}

type LineAt = (path: readonly PropertyKey[]) => number

function specOf<Schema extends z.ZodType>(
  schema: Schema,
  { name, ...spec }: z.output<typeof named>,
  path: readonly PropertyKey[],
  lineAt: LineAt,
): NamedSpec<z.output<Schema>> {
  return { name, spec: check(schema, spec, path, lineAt) }
}

function check<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  path: readonly PropertyKey[],
  lineAt: LineAt,
): z.output<Schema> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const at = [...path, ...(issue?.path ?? [])]
  throw wrong(lineAt(at), `${at.map(String).join('.')}: ${issue?.message ?? 'is not understood'}`)
}

/** The line of what is at `path`, or of the nearest thing around it that is there. */
function lineOf(
  document: ReturnType<typeof parseDocument>,
  lines: LineCounter,
  path: readonly PropertyKey[],
): number {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true) as { range?: readonly number[] } | undefined
    const start = node?.range?.[0]
    if (start !== undefined) return lines.linePos(start).line
  }
  return 1
}

function wrong(line: number, message: string): RedomaError {
  return new RedomaError('USAGE', `line ${line}: ${message}`, {
    hint: 'redoma config export shows what it looks like.',
  })
}
