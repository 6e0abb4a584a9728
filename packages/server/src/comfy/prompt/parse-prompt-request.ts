/** Reads the body of `POST /prompt`. */
import {
  HostError,
  isJsonArray,
  isJsonObject,
  JsonFloat,
  type JsonObject,
  type JsonValue,
  ownProperty,
  parseJson,
} from '@dicache/protocol'
import { withoutSecrets } from '../../security/redact.ts'

/** What a client asks for. */
export type PromptRequest = {
  /** The workflow, API or UI format. */
  readonly prompt: JsonObject
  readonly promptId?: string
  readonly clientId?: string
  readonly number?: number
  readonly front: boolean
  readonly targets?: readonly string[]
  /** What came along, without secrets and without the editor's document. */
  readonly extraData: JsonObject
  /** `extra_pnginfo.workflow`. */
  readonly editorDocument?: JsonObject
  /** Where the end of the run is reported to: `extra_data.webhook`. It is not shown again. */
  readonly webhook?: string
}

const MAX_ID_LENGTH = 200

/** Nothing was asked for: ComfyUI has an answer of its own for that. */
export class NoPrompt extends Error {}

/**
 * Reads a request.
 * @throws NoPrompt without the key `prompt`; BAD_REQUEST when it is not the shape that it should have
 */
export function parsePromptRequest(body: JsonValue | undefined): PromptRequest {
  if (!isJsonObject(body)) throw bad('The body must be a JSON object with the key "prompt".')
  const prompt = ownProperty(body, 'prompt')
  if (prompt === undefined) throw new NoPrompt()
  if (!isJsonObject(prompt)) throw bad('"prompt" must be an object: nodes by their ids.')
  const promptId = textAt(body, 'prompt_id')
  const clientId = textAt(body, 'client_id')
  const number = numberAt(body, 'number')
  const targets = targetsIn(body)
  const { extraData, editorDocument, webhook } = extraIn(body)
  return {
    prompt,
    extraData,
    front: ownProperty(body, 'front') === true,
    ...(promptId !== undefined && { promptId }),
    ...(clientId !== undefined && { clientId }),
    ...(number !== undefined && { number }),
    ...(targets !== undefined && { targets }),
    ...(editorDocument !== undefined && { editorDocument }),
    ...(webhook !== undefined && { webhook }),
  }
}

/** The extra data as clients see it again: with the editor's document and the client's id in their places. */
export function extraDataOf(run: {
  readonly extra?: JsonObject
  readonly editorDocument?: JsonValue
  readonly clientId?: string
}): JsonObject {
  const stored = run.extra?.['extra_data']
  const extra = isJsonObject(stored) ? stored : {}
  const info = extra['extra_pnginfo']
  const { editorDocument: editor } = run
  // It is stored as text, so that its numbers stay what they are.
  const workflow = typeof editor === 'string' ? parseJson(editor, { keepFloats: true }) : editor
  return {
    ...extra,
    ...(workflow !== undefined && {
      extra_pnginfo: { ...(isJsonObject(info) ? info : {}), workflow },
    }),
    ...(run.clientId !== undefined && { client_id: run.clientId }),
  }
}

function extraIn(body: JsonObject): Pick<PromptRequest, 'extraData' | 'editorDocument' | 'webhook'> {
  const extra = ownProperty(body, 'extra_data') ?? {}
  if (!isJsonObject(extra)) throw bad('"extra_data" must be an object.')
  const { extra_pnginfo: info, client_id: _client, webhook, ...rest } = extra
  if (webhook !== undefined && typeof webhook !== 'string') throw bad('"webhook" must be an address.')
  const named = webhook === undefined ? {} : { webhook }
  if (!isJsonObject(info)) return { extraData: withoutSecrets(rest), ...named }
  const { workflow, ...more } = info
  return {
    extraData: withoutSecrets({ ...rest, ...(Object.keys(more).length > 0 && { extra_pnginfo: more }) }),
    ...(isJsonObject(workflow) && { editorDocument: workflow }),
    ...named,
  }
}

function targetsIn(body: JsonObject): readonly string[] | undefined {
  const value = ownProperty(body, 'partial_execution_targets')
  if (value === undefined || value === null) return undefined
  if (!isJsonArray(value)) throw bad('"partial_execution_targets" must be a list of node ids.')
  return value.map((item) => {
    if (typeof item === 'string' || typeof item === 'number') return String(item)
    throw bad('"partial_execution_targets" must be a list of node ids.')
  })
}

function textAt(body: JsonObject, name: string): string | undefined {
  const value = ownProperty(body, name)
  if (value === undefined || value === null || value === '') return undefined
  if (typeof value !== 'string' || value.length > MAX_ID_LENGTH)
    throw bad(`"${name}" must be a text of at most ${MAX_ID_LENGTH} characters.`)
  return value
}

function numberAt(body: JsonObject, name: string): number | undefined {
  const value = ownProperty(body, name)
  if (value === undefined || value === null) return undefined
  const number = value instanceof JsonFloat ? value.value : typeof value === 'bigint' ? Number(value) : value
  if (typeof number !== 'number' || !Number.isFinite(number)) throw bad(`"${name}" must be a number.`)
  return number
}

function bad(message: string): HostError {
  return new HostError('BAD_REQUEST', message)
}
