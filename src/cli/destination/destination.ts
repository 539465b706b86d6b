import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { defineDestinationAccept } from './accept.ts'
import { defineDestinationAdd } from './add.ts'
import { defineDestinationList } from './list.ts'
import { defineDestinationProbe } from './probe.ts'
import { defineDestinationRemove } from './remove.ts'
import { defineDestinationShow } from './show.ts'
import { defineDestinationTest } from './test.ts'
import { defineDestinationWatch } from './watch.ts'

export function defineDestination(group: Command, context: Context): void {
  defineDestinationAdd(group, context)
  defineDestinationList(group, context)
  defineDestinationShow(group, context)
  defineDestinationTest(group, context)
  defineDestinationProbe(group, context)
  defineDestinationWatch(group, context)
  defineDestinationAccept(group, context)
  defineDestinationRemove(group, context)
}
