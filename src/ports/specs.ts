import { isAbsolute } from 'node:path'
import { z } from 'zod'

/*
 * The parsers of what describes a source or a destination, wherever it comes from: the catalogue's rows, a
 * configuration file.
 */

const path = z
  .string()
  .min(1)
  .max(4096)
  .refine((text) => isAbsolute(text) && !text.includes('\0'), 'is not an absolute path')

/** A name that people type: it must not look like an option, a path or a list. */
export const entryName = z
  .string()
  .regex(
    /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,62}$/u,
    'is not a name of letters, digits, ".", "_" and "-", 63 at most',
  )

export const sourceSpec = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('files'),
    paths: z.array(path).min(1).max(1000),
    exclude: z.array(z.string().min(1).max(4096)).max(10_000),
    excludeLargerThanBytes: z.int().nonnegative().optional(),
    excludeCaches: z.boolean(),
    oneFileSystem: z.boolean(),
  }),
  z.strictObject({
    kind: z.literal('recordings'),
    path,
    settleSeconds: z.int().nonnegative().max(31_536_000),
  }),
  z.strictObject({
    kind: z.literal('command'),
    argv: z
      .array(
        z
          .string()
          .max(100_000)
          .refine((word) => !word.includes('\0'), 'holds a NUL'),
      )
      .min(1)
      .max(1000),
  }),
])

export const destinationSpec = z.strictObject({
  kind: z.literal('local'),
  path,
  repository: path.optional(),
})
