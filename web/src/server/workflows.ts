/** Saved workflows on the server: read and written under conditions, with versions. */
import { isJsonArray, isJsonObject, parseJson, stringifyJson } from '@dicache/protocol'
import type { JsonValue } from '@dicache/protocol'
import { numberOf, textAt } from '../state/document/read-values.ts'
import type { SavedWorkflow, Template, WorkflowVersion } from '../state/app/app-state.ts'
import { ask, askText, Refusal, textOf } from './http.ts'

/** What a write replaces: what has this etag, nothing, or whatever is there. */
export type Replaces = { readonly etag: string } | 'nothing' | 'anything'

/** How a write ended. `changed`: what is there is not what was to be replaced. */
export type Written =
  | { readonly outcome: 'saved'; readonly etag: string }
  | { readonly outcome: 'taken' | 'changed' }

const urlOf = (path: string): string => `/documents/${encodeURIComponent(path)}`

/** The saved workflows, newest first. */
export async function listWorkflows(): Promise<readonly SavedWorkflow[]> {
  return listIn(await askText('/documents')).flatMap((item): SavedWorkflow[] => {
    const path = textAt(item, 'path')
    if (path === undefined || !isJsonObject(item)) return []
    return [{ path, size: numberOf(item['sizeBytes']) ?? 0, modifiedMs: numberOf(item['modifiedMs']) ?? 0 }]
  })
}

/** A saved workflow, and the etag that its next writer has to name. @throws Refusal */
export async function loadWorkflow(path: string): Promise<{ readonly text: string; readonly etag: string }> {
  const response = await ask(urlOf(path))
  return { text: await textOf(response), etag: response.headers.get('ETag') ?? '' }
}

/** The same where it differs from what has an etag; undefined when it does not. @throws Refusal */
export async function loadIfChanged(
  path: string,
  etag: string,
): Promise<{ readonly text: string; readonly etag: string } | undefined> {
  const response = await ask(urlOf(path), { headers: { 'If-None-Match': etag }, cache: 'no-store' })
  if (response.status === 304 || response.headers.get('ETag') === etag) return undefined
  return { text: await textOf(response), etag: response.headers.get('ETag') ?? '' }
}

/** Saves a workflow, and keeps it as a version. @throws Refusal when it is neither saved nor another one's */
export async function writeWorkflow(
  path: string,
  text: string,
  { replaces, kind }: { readonly replaces: Replaces; readonly kind: WorkflowVersion['kind'] },
): Promise<Written> {
  const query = new URLSearchParams({ kind, ...(replaces === 'anything' && { overwrite: 'true' }) })
  const headers: Record<string, string> = {
    'Content-Type': 'application/json',
    ...(replaces === 'nothing' && { 'If-None-Match': '*' }),
    ...(typeof replaces === 'object' && { 'If-Match': replaces.etag }),
  }
  const response = await ask(`${urlOf(path)}?${query.toString()}`, { method: 'PUT', body: text, headers })
  if (response.status === 409) return { outcome: 'taken' }
  if (response.status === 412) return { outcome: 'changed' }
  const etag = textAt(parseJson(await textOf(response)), 'etag')
  if (etag === undefined) throw new Refusal(response.status, 'The server did not say what it saved.')
  return { outcome: 'saved', etag }
}

/** Deletes a saved workflow with its versions. @throws Refusal */
export async function deleteWorkflow(path: string): Promise<void> {
  await askText(urlOf(path), { method: 'DELETE' })
}

/** The kept versions of a saved workflow, newest first. @throws Refusal */
export async function listVersions(path: string): Promise<readonly WorkflowVersion[]> {
  return listIn(await askText(`${urlOf(path)}/versions`)).flatMap((item): WorkflowVersion[] => {
    const id = textAt(item, 'id')
    const savedAtMs = isJsonObject(item) ? numberOf(item['savedAtMs']) : undefined
    if (id === undefined || savedAtMs === undefined) return []
    return [{ id, savedAtMs, kind: textAt(item, 'kind') === 'autosave' ? 'autosave' : 'saved' }]
  })
}

/** A version’s text. @throws Refusal */
export async function loadVersion(path: string, id: string): Promise<string> {
  return askText(`${urlOf(path)}/versions/${encodeURIComponent(id)}`)
}

/** The document of an API prompt, laid out by the server, and what was wrong with the prompt. @throws Refusal */
export async function layOutPrompt(
  prompt: string,
): Promise<{ readonly text: string; readonly losses: readonly string[] }> {
  const answer = parseJson(await askText('/convert', { method: 'POST', body: prompt }))
  const document = isJsonObject(answer) ? answer['document'] : undefined
  if (document === undefined || !isJsonObject(answer)) throw new Refusal(200, 'The server sent no workflow.')
  const problems = isJsonArray(answer['problems']) ? answer['problems'] : []
  return {
    text: stringifyJson(document),
    losses: problems.flatMap((problem) => textAt(problem, 'message') ?? []),
  }
}

/** The examples that came with the editor. */
export async function listTemplates(): Promise<readonly Template[]> {
  return listIn(await askText('templates/index.json')).flatMap((item): Template[] => {
    const file = textAt(item, 'file')
    if (file === undefined || !isJsonObject(item)) return []
    return [
      {
        file,
        title: textAt(item, 'title') ?? file,
        description: textAt(item, 'description') ?? '',
        nodes: numberOf(item['nodes']) ?? 0,
      },
    ]
  })
}

export async function loadTemplate(file: string): Promise<string> {
  return askText(`templates/${encodeURIComponent(file)}`)
}

function listIn(text: string): readonly JsonValue[] {
  const list = parseJson(text)
  return isJsonArray(list) ? list : []
}
