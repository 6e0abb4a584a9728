/** The server's files over HTTP: pictures, uploads, saved workflows, templates. */
import type { JsonValue, SavedFile } from '@dicache/protocol'
import { isJsonArray, isJsonObject, parseJson } from '@dicache/protocol'
import type { SavedWorkflow, Template } from '../state/app/app-state.ts'
import { numberOf, textAt } from '../state/document/read-values.ts'

/** The address of a saved file. */
export function urlOf({ filename, subfolder, type }: SavedFile): string {
  return `/view?${new URLSearchParams({ filename, subfolder, type }).toString()}`
}

/** A file chosen in a node: `sub/name.png`, perhaps with ` [output]` behind it. */
export function inputFile(value: string): SavedFile | undefined {
  const match = /^(?:(.*)\/)?([^/]+?)(?: \[(input|output|temp)\])?$/.exec(value)
  const filename = match?.[2]
  if (filename === undefined) return undefined
  const type = match?.[3] === 'output' || match?.[3] === 'temp' ? match[3] : 'input'
  return { filename, subfolder: match?.[1] ?? '', type }
}

/** Sends a picture into the input folder; the answer is its name there. */
export async function uploadPicture(file: File): Promise<string> {
  const form = new FormData()
  form.append('image', file, file.name)
  form.append('type', 'input')
  const answer = parseJson(await textOf(await fetch('/upload/image', { method: 'POST', body: form })))
  const name = textAt(answer, 'name')
  if (name === undefined) throw new Error('The server did not say where it put the picture.')
  const subfolder = textAt(answer, 'subfolder') ?? ''
  return subfolder === '' ? name : `${subfolder}/${name}`
}

/** The saved workflows, newest first. */
export async function listWorkflows(): Promise<readonly SavedWorkflow[]> {
  return listFolder('workflows', true)
}

async function listFolder(dir: string, recurse: boolean): Promise<readonly SavedWorkflow[]> {
  const query = new URLSearchParams({ dir, recurse: String(recurse), full_info: 'true' })
  const response = await fetch(`/userdata?${query.toString()}`)
  if (response.status === 404) return []
  const list = parseJson(await textOf(response))
  return (isJsonArray(list) ? list : [])
    .flatMap((item: JsonValue): SavedWorkflow[] => {
      const path = textAt(item, 'path')
      if (path === undefined || !path.endsWith('.json') || !isJsonObject(item)) return []
      // Seconds in ComfyUI's answer, milliseconds in newer ones.
      const modified = numberOf(item['modified']) ?? 0
      return [
        { path, size: numberOf(item['size']) ?? 0, modifiedMs: modified < 1e11 ? modified * 1000 : modified },
      ]
    })
    .toSorted((a, b) => b.modifiedMs - a.modifiedMs)
}

const workflowUrl = (path: string): string => `/userdata/${encodeURIComponent(`workflows/${path}`)}`

export async function loadWorkflow(path: string): Promise<string> {
  return textOf(await fetch(workflowUrl(path)))
}

/** Saves a workflow; `taken` when the name is another one's and may not be overwritten. */
export async function saveWorkflow(
  path: string,
  text: string,
  overwrite: boolean,
): Promise<'saved' | 'taken'> {
  const response = await fetch(`${workflowUrl(path)}?overwrite=${overwrite}`, { method: 'POST', body: text })
  if (response.status === 409) return 'taken'
  await textOf(response)
  return 'saved'
}

export async function deleteWorkflow(path: string): Promise<void> {
  await textOf(await fetch(workflowUrl(path), { method: 'DELETE' }))
}

const versionsFolder = (path: string): string => `versions/${path.replace(/\.json$/, '')}`
const MAX_VERSIONS = 20

/** The kept versions of a saved workflow, newest first. */
export async function listVersions(path: string): Promise<readonly SavedWorkflow[]> {
  return listFolder(versionsFolder(path), false)
}

/** Keeps what was saved as a version, and drops the oldest beyond the limit. */
export async function keepVersion(path: string, text: string): Promise<void> {
  const folder = versionsFolder(path)
  const name = new Date().toISOString().replaceAll(/[:.]/g, '-')
  const url = (file: string): string => `/userdata/${encodeURIComponent(`${folder}/${file}`)}`
  await textOf(await fetch(url(`${name}.json`), { method: 'POST', body: text }))
  for (const { path: old } of (await listVersions(path)).slice(MAX_VERSIONS)) {
    await textOf(await fetch(url(old), { method: 'DELETE' }))
  }
}

export async function loadVersion(path: string, version: string): Promise<string> {
  return textOf(await fetch(`/userdata/${encodeURIComponent(`${versionsFolder(path)}/${version}`)}`))
}

/** The examples that came with the editor. */
export async function listTemplates(): Promise<readonly Template[]> {
  const list = parseJson(await textOf(await fetch('templates/index.json')))
  return (isJsonArray(list) ? list : []).flatMap((item): Template[] => {
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
  return textOf(await fetch(`templates/${encodeURIComponent(file)}`))
}

async function textOf(response: Response): Promise<string> {
  const text = await response.text()
  if (response.ok) return text
  throw new Error(messageIn(text) ?? `The server answered ${response.status} ${response.statusText}.`)
}

function messageIn(text: string): string | undefined {
  if (!text.startsWith('{')) return undefined
  try {
    const value = parseJson(text)
    const error = isJsonObject(value) ? value['error'] : undefined
    return (
      textAt(value, 'message') ?? textAt(error, 'message') ?? (typeof error === 'string' ? error : undefined)
    )
  } catch {
    // A page of a proxy, not an answer of ours: its status says enough.
    return undefined
  }
}
