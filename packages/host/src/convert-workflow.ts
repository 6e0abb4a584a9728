/** Converts the text of a workflow between the editor's format and the API's. */
import { convertToApi, convertToUi, type NodeShapes, readObjectInfo } from '@dicache/engine'
import {
  HostError,
  indentOf,
  isJsonObject,
  type JsonValue,
  parseJson,
  parseWorkflowText,
  type Problem,
  stringifyJson,
} from '@dicache/protocol'
import type { Host } from './create-host.ts'
import { loadLayout } from './layout-graph.ts'

/** The formats that a workflow can be written in. */
export const FORMATS = ['api', 'ui'] as const
export type Format = (typeof FORMATS)[number]

/** A converted workflow as the text of a file, undefined when it could not be read, and everything that was wrong with it. */
export type ConvertedWorkflow = {
  readonly text: string | undefined
  readonly problems: readonly Problem[]
}

/**
 * Converts a workflow; one that is in the wanted format already is written as it was. Throws nothing that is wrong with
 * the document.
 * @param options.definitions node types that are not installed, from `readDefinitions`
 */
export async function convertWorkflow(
  { registry }: Pick<Host, 'registry'>,
  text: string,
  options: { readonly to: Format; readonly definitions?: NodeShapes },
): Promise<ConvertedWorkflow> {
  const parsed = parseWorkflowText(text)
  if (!parsed.ok) return { text: undefined, problems: parsed.problems }
  const { to, definitions } = options
  const { document, problems } =
    to === 'api'
      ? convertToApi(parsed.value, registry, definitions)
      : convertToUi(parsed.value, registry, {
          layout: await loadLayout(),
          ...(definitions && { definitions }),
        })
  const isSame = parsed.value.format === to
  const written = stringifyJson(document as unknown as JsonValue, isSame ? (indentOf(text) ?? 0) : 2)
  return { text: written + (isSame ? (/\s*$/.exec(text)?.[0] ?? '') : '\n'), problems }
}

/** Reads node definitions: what a ComfyUI answers to GET /object_info. @throws HostError NOT_JSON, BAD_REQUEST */
export function readDefinitions(text: string): NodeShapes {
  const value = parseJson(text, { keepFloats: true })
  if (!isJsonObject(value))
    throw new HostError(
      'BAD_REQUEST',
      'node definitions are a JSON object: what a ComfyUI answers to GET /object_info',
    )
  return readObjectInfo(value)
}
