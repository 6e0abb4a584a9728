/** The files that a result tells of. */
import type { NodeOutput } from '@dicache/engine'
import { isJsonObject, type JsonValue, type SavedFile } from '@dicache/protocol'

/** The files of a node's data for the user interface. */
export function savedFiles({ ui = {} }: NodeOutput): readonly SavedFile[] {
  return Object.values(ui).flat().filter(isSavedFile)
}

function isSavedFile(value: JsonValue): value is JsonValue & SavedFile {
  return (
    isJsonObject(value) && typeof value['filename'] === 'string' && typeof value['subfolder'] === 'string'
  )
}
