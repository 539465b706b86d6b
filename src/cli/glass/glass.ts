import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { defineAdopt } from './adopt.ts'
import { defineGlassAftercare } from './aftercare/aftercare.ts'
import { defineGlassOpened } from './aftercare/opened.ts'
import { defineCeremony } from './ceremony.ts'
import { defineGlassCoverage } from './coverage/coverage.ts'
import { defineDrill } from './drill/drill.ts'
import { defineGuardian } from './guardian/guardian.ts'
import { defineGlassHead } from './head.ts'
import { defineGlassOpen } from './open.ts'
import { defineGlassPage } from './page.ts'
import { defineGlassForget } from './retention/forget.ts'
import { defineGlassRetention } from './retention/retention.ts'
import { defineGlassRewrap } from './rewrap.ts'
import { defineScope } from './scope/scope.ts'
import { defineGlassShow } from './show.ts'
import { defineGlassTimestamp } from './timestamp.ts'
import { defineGlassVerify } from './verify.ts'

export function defineGlass(group: Command, context: Context): void {
  defineCeremony(group, context)
  defineAdopt(group, context)
  defineGlassOpen(group, context)
  defineGlassPage(group, context)
  defineGlassShow(group, context)
  defineGlassCoverage(group, context)
  defineScope(group, context)
  defineGuardian(group, context)
  defineDrill(group, context)
  defineGlassOpened(group, context)
  defineGlassAftercare(group, context)
  defineGlassForget(group, context)
  defineGlassRewrap(group, context)
  defineGlassRetention(group, context)
  defineGlassVerify(group, context)
  defineGlassHead(group, context)
  defineGlassTimestamp(group, context)
}
