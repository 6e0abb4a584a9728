/** The texts that a saved file carries: the graph that ran and, where there is one, the editor's document. */
import type { HiddenValues } from '@dicache/sdk'
import { asciiJson } from '../png/ascii-json.ts'

/** `prompt` and `workflow` as ComfyUI writes them. */
export type WorkflowTexts = { readonly prompt: string; readonly workflow?: string }

export function workflowTexts({
  prompt,
  document,
}: Pick<HiddenValues, 'prompt' | 'document'>): WorkflowTexts {
  return {
    prompt: asciiJson(prompt),
    ...(document === undefined ? {} : { workflow: asciiJson(document) }),
  }
}
