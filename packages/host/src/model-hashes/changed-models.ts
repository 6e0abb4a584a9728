/** Weight files that are not the ones a document was made with, as far as that is known without reading them (SPEC D-17). */
import { dicacheExtra, type ModelRecord } from '@dicache/engine'
import type { Problem, Workflow } from '@dicache/protocol'
import type { HostServices, ModelEntry } from '@dicache/sdk'
import type { ModelHashes } from './model-hashes.ts'

export type LocalModels = {
  readonly models: HostServices['models']
  readonly hashes: Pick<ModelHashes, 'known'>
}

/** A warning for each record of `extra.dicache.models` whose name stands for another file here. */
export async function changedModels(workflow: Workflow, local: LocalModels): Promise<readonly Problem[]> {
  if (workflow.format !== 'ui') return []
  const problems: Problem[] = []
  const listed = new Map<string, Promise<readonly ModelEntry[]>>()
  for (const [key, record] of dicacheExtra(workflow.document).models) {
    const slash = key.indexOf('/')
    const [folder, name] = [key.slice(0, slash), key.slice(slash + 1)]
    const entries = listed.get(folder) ?? local.models.list(folder).catch(() => [])
    listed.set(folder, entries)
    const entry = (await entries).find((one) => one.name === name)
    if (entry !== undefined && (await isAnother({ folder, entry, record }, local)))
      problems.push(changed(key, record, entry))
  }
  return problems
}

async function isAnother(
  file: { readonly folder: string; readonly entry: ModelEntry; readonly record: ModelRecord },
  { models, hashes }: LocalModels,
): Promise<boolean> {
  const { folder, entry, record } = file
  if (record.sizeBytes !== undefined && record.sizeBytes !== entry.sizeBytes) return true
  const path = await models.peek(folder, entry.name)
  const known = hashes.known({ path, sizeBytes: entry.sizeBytes, modifiedMs: entry.modifiedMs })
  return known !== undefined && known !== record.sha256
}

function changed(key: string, { sha256, sizeBytes }: ModelRecord, entry: ModelEntry): Problem {
  const size =
    sizeBytes !== undefined && sizeBytes !== entry.sizeBytes
      ? ` of ${sizeBytes} bytes, and here it has ${entry.sizeBytes}`
      : ''
  return {
    code: 'MODEL_CHANGED',
    message: `This workflow was made with another file ${key}${size}. Results will differ; the file that it means has the SHA-256 ${sha256}.`,
    severity: 'warning',
    path: `/extra/dicache/models/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`,
  }
}
