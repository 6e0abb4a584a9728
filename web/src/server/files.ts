/** The server's files over HTTP: pictures that runs saved, and those that are uploaded. */
import { isJsonArray, isJsonObject, parseJson } from '@dicache/protocol'
import type { SavedFile } from '@dicache/protocol'
import { textAt } from '../state/document/read-values.ts'
import { askText } from './http.ts'

/**
 * The address of a saved file. Names are used again after files were deleted: a `version`, such as the run that saved it,
 * keeps browsers from showing what they remember.
 */
export function urlOf({ filename, subfolder, type }: SavedFile, version?: string): string {
  const query = { filename, subfolder, type, ...(version !== undefined && { v: version }) }
  return `/view?${new URLSearchParams(query).toString()}`
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
  const answer = parseJson(await askText('/upload/image', { method: 'POST', body: form }))
  const name = textAt(answer, 'name')
  if (name === undefined) throw new Error('The server did not say where it put the picture.')
  const subfolder = textAt(answer, 'subfolder') ?? ''
  return subfolder === '' ? name : `${subfolder}/${name}`
}

/** What became of a file that was to be deleted. */
export type DeletedFile = {
  readonly file: string
  readonly outcome: string
  readonly reason: string | undefined
}

/** Deletes a run with the files that it saved. `deleted` is false when one of them stays, and the run with it. */
export async function deleteRunWithFiles(
  runId: string,
): Promise<{ readonly deleted: boolean; readonly files: readonly DeletedFile[] }> {
  const url = `/history/${encodeURIComponent(runId)}?files=true`
  const answer = parseJson(await askText(url, { method: 'DELETE' }))
  const files = isJsonObject(answer) && isJsonArray(answer['files']) ? answer['files'] : []
  return {
    deleted: isJsonObject(answer) && answer['deleted'] === true,
    files: files.map((item) => ({
      file: textAt(item, 'file') ?? '',
      outcome: textAt(item, 'outcome') ?? '',
      reason: textAt(item, 'reason'),
    })),
  }
}
