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
import type { Doc } from './document.ts'
import { readDocument } from './read-document.ts'
import { textAt } from './read-values.ts'

/** A document with what was lost in reading it, or the sentence that says why there is none. */
export type Opened =
  | { readonly ok: true; readonly doc: Doc; readonly losses: readonly string[] }
  | { readonly ok: false; readonly message: string }

/** Asks for the document of an API prompt, whose nodes have no places; throws what a user can be told. */
export type LayOutPrompt = (
  prompt: string,
) => Promise<{ readonly text: string; readonly losses: readonly string[] }>

const MAX_BYTES = 64_000_000

/** Opens the JSON text of a document of the editor; nothing else. */
export function openDocument(text: string): Opened {
  const parsed = parsedOrNot(text)
  return parsed.ok ? openJson(parsed.value) : parsed
}

/** Opens a parsed document of the editor. */
export function openJson(value: JsonValue): Opened {
  if (isJsonObject(value) && isJsonArray(value['nodes'])) return { ok: true, ...readDocument(value) }
  return {
    ok: false,
    message: 'This is no workflow: it has neither a list "nodes" nor nodes with a "class_type".',
  }
}

/** Opens JSON text of either format. @throws what `layOut` throws */
export async function openText(text: string, layOut: LayOutPrompt): Promise<Opened> {
  const parsed = parsedOrNot(text)
  if (!parsed.ok || !looksLikePrompt(parsed.value)) return parsed.ok ? openJson(parsed.value) : parsed
  const laid = await layOut(text)
  const opened = openDocument(laid.text)
  return opened.ok ? { ...opened, losses: [...laid.losses, ...opened.losses] } : opened
}

/** Opens the bytes of a file: JSON, PNG or WebP. `name` is how messages call it. @throws what `layOut` throws */
export async function openBytes(
  bytes: Uint8Array<ArrayBuffer>,
  name: string,
  layOut: LayOutPrompt,
): Promise<Opened> {
  if (bytes.length > MAX_BYTES) return { ok: false, message: 'The file is larger than 64 MB.' }
  if (pictureKind(bytes) === undefined) return openText(new TextDecoder().decode(bytes), layOut)
  const found = await textsIn(bytes, name)
  if (!found.ok) return found
  let last: Opened = { ok: false, message: pictureFault(found.texts.length) }
  for (const text of found.texts) {
    const opened = await openText(text, layOut)
    if (opened.ok) return opened
    last = { ok: false, message: `${pictureFault(found.texts.length)} ${opened.message}` }
  }
  return last
}

type Failed = Extract<Opened, { ok: false }>

/** The workflows in a picture: the editor’s document knows places and titles; the prompt is for files without one. */
async function textsIn(
  bytes: Uint8Array<ArrayBuffer>,
  name: string,
): Promise<{ readonly ok: true; readonly texts: readonly string[] } | Failed> {
  try {
    const { texts } = await readPictureTexts(bytesSource(bytes), name)
    return { ok: true, texts: ['workflow', 'prompt'].flatMap((key) => texts.get(key) ?? []) }
  } catch (thrown) {
    return { ok: false, message: toHostError(thrown).message }
  }
}

function parsedOrNot(text: string): { readonly ok: true; readonly value: JsonValue } | Failed {
  try {
    return { ok: true, value: parseJson(text) }
  } catch (thrown) {
    return { ok: false, message: toHostError(thrown).message }
  }
}

/** Whether a JSON value is an API prompt: at least one of its values is a node. */
function looksLikePrompt(value: JsonValue): boolean {
  if (!isJsonObject(value) || isJsonArray(value['nodes'])) return false
  return Object.values(value).some((item) => textAt(item, 'class_type') !== undefined)
}

function pictureFault(texts: number): string {
  return texts === 0
    ? 'This picture carries no workflow. Pictures that were saved here, or by ComfyUI, do.'
    : 'The workflow inside this picture cannot be read.'
}
