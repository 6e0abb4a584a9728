/** Makes a document of whatever a user opens: text of either format, or a picture that carries a workflow. */
import {
  bytesSource,
  isJsonArray,
  isJsonObject,
  parseJson,
  pictureKind,
  readPictureTexts,
  toHostError,
} from '@dicache/protocol'
import type { JsonValue } from '@dicache/protocol'
import type { Catalog } from './catalog.ts'
import type { Doc } from './document.ts'
import { looksLikeApi, readApi } from './read-api.ts'
import { readDocument } from './read-document.ts'

/** A document with what was lost in reading it, or the sentence that says why there is none. */
export type Opened =
  | { readonly ok: true; readonly doc: Doc; readonly losses: readonly string[] }
  | { readonly ok: false; readonly message: string }

const MAX_BYTES = 64_000_000

/** Opens JSON text. */
export function openText(text: string, catalog: Catalog): Opened {
  try {
    return openJson(parseJson(text), catalog)
  } catch (thrown) {
    return { ok: false, message: toHostError(thrown).message }
  }
}

/** Opens a parsed value. */
export function openJson(value: JsonValue, catalog: Catalog): Opened {
  if (isJsonObject(value) && isJsonArray(value['nodes'])) {
    return { ok: true, ...readDocument(value) }
  }
  if (looksLikeApi(value)) return { ok: true, doc: readApi(value, catalog), losses: [] }
  return {
    ok: false,
    message: 'This is no workflow: it has neither a list "nodes" nor nodes with a "class_type".',
  }
}

/** Opens the bytes of a file: JSON, PNG or WebP. `name` is how messages call it. */
export async function openBytes(
  bytes: Uint8Array<ArrayBuffer>,
  name: string,
  catalog: Catalog,
): Promise<Opened> {
  if (bytes.length > MAX_BYTES) return { ok: false, message: 'The file is larger than 64 MB.' }
  if (pictureKind(bytes) === undefined) return openText(new TextDecoder().decode(bytes), catalog)
  try {
    const { texts } = await readPictureTexts(bytesSource(bytes), name)
    // The workflow knows places and titles; the prompt is for files that have nothing else.
    const found = ['workflow', 'prompt'].flatMap((key) => texts.get(key) ?? [])
    const opened = found.map((text) => openText(text, catalog))
    return opened.find(({ ok }) => ok) ?? { ok: false, message: pictureFault(found.length) }
  } catch (thrown) {
    return { ok: false, message: toHostError(thrown).message }
  }
}

function pictureFault(texts: number): string {
  return texts === 0
    ? 'This picture carries no workflow. Pictures that were saved here, or by ComfyUI, do.'
    : 'The workflow inside this picture is damaged.'
}
