import type { Command } from 'commander'
import type { Context } from '../../context.ts'
import { defineScopeAdd, defineScopeEdit } from './keep.ts'
import { defineScopeList } from './list.ts'
import { defineScopeRemove } from './remove.ts'
import { defineScopeShow } from './show.ts'

export function defineScope(group: Command, context: Context): void {
  const scope = group
    .command('scope')
    .description('parts of the vault with bundles of their own: which folders, tags and owners')
  defineScopeAdd(scope, context)
  defineScopeList(scope, context)
  defineScopeShow(scope, context)
  defineScopeEdit(scope, context)
  defineScopeRemove(scope, context)
}
