import type { Command } from 'commander'
import { summaryOf } from '../commands.ts'
import type { Context } from '../context.ts'
import { defineCredentialAdd } from './add.ts'
import { defineCredentialEdit } from './edit.ts'
import { defineExportTemplate } from './export-template.ts'
import { defineCredentialImport } from './import.ts'
import { defineCredentialList } from './list.ts'
import { defineCredentialRemove } from './remove.ts'
import { defineCredentialShow } from './show.ts'

export function defineCredential(program: Command, context: Context): void {
  const group = program.command('credential').description(summaryOf('credential'))
  defineCredentialAdd(group, context)
  defineCredentialList(group, context)
  defineCredentialShow(group, context)
  defineCredentialEdit(group, context)
  defineCredentialRemove(group, context)
  defineCredentialImport(group, context)
  defineExportTemplate(group, context)
}
