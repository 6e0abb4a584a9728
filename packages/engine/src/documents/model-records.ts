/** The weight files that a run used, written into the document that its results carry (SPEC D-17). */
import { isJsonObject, ownProperty } from '@dicache/protocol'
import type { JsonObject, JsonValue } from '@dicache/protocol'
import type { UsedModel } from '../caching/result-cache.ts'
import type { ModelRecord } from './dicache-extra.ts'

/** Who knows the hashes of weight files. */
export type ModelHashing = {
  /** The SHA-256 of a file in this very state, hexadecimal, where it is known. Reads nothing. */
  readonly known: (model: UsedModel) => string | undefined
  /** Resolves when everything that can be known of these files is. Rejects when the signal does. */
  readonly settle: (models: readonly UsedModel[], signal: AbortSignal) => Promise<void>
}

/** Records by `folder/name` of the files whose hash is known. */
export function modelRecords(
  used: Iterable<UsedModel>,
  { known }: Pick<ModelHashing, 'known'>,
): ReadonlyMap<string, ModelRecord> {
  const records = new Map<string, ModelRecord>()
  for (const model of used) {
    const sha256 = known(model)
    if (sha256 !== undefined)
      records.set(`${model.folder}/${model.name}`, { sha256, sizeBytes: model.sizeBytes })
  }
  return records
}

/** A copy of the document with these records and no older ones; what is no document of the editor stays as it is. */
export function withModelRecords(
  document: JsonValue | undefined,
  records: ReadonlyMap<string, ModelRecord>,
): JsonValue | undefined {
  if (!isJsonObject(document)) return document
  const extra = objectAt(document, 'extra')
  const { models: before, ...dicache } = objectAt(extra, 'dicache')
  if (records.size === 0 && before === undefined) return document
  const models: JsonObject = records.size === 0 ? {} : { models: Object.fromEntries(records) }
  return { ...document, extra: { ...extra, dicache: { ...dicache, ...models } } }
}

function objectAt(object: JsonObject, key: string): JsonObject {
  const value = ownProperty(object, key)
  return isJsonObject(value) ? value : {}
}
