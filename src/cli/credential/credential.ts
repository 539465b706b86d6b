import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { defineCredentialAdd } from './add.ts'
import { defineCredentialEdit } from './edit.ts'
import { defineExportTemplate } from './export-template.ts'
import { defineCredentialImport } from './import.ts'
import { defineCredentialList } from './list.ts'
import { defineCredentialRemove } from './remove.ts'
import { defineCredentialShow } from './show.ts'

export function defineCredential(group: Command, context: Context): void {
  defineCredentialAdd(group, context)
  defineCredentialList(group, context)
  defineCredentialShow(group, context)
  defineCredentialEdit(group, context)
  defineCredentialRemove(group, context)
  defineCredentialImport(group, context)
  defineExportTemplate(group, context)
}
