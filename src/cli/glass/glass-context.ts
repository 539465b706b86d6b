import type { Context } from '../context.ts'
import type { ForbidsDumps } from '../identities/identity-options.ts'

/** What opening a bundle needs of the program: the opener that stands alone has no more. */
export type GlassContext = Omit<Context, 'services' | 'clock'> & {
  readonly services: Pick<Context['services'], 'openGlass'> & ForbidsDumps
}
