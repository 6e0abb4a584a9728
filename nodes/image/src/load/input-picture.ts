/** A picture of the input folder as a setting of a node: its check, its fingerprint, and its bytes. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { HostError, type HostServices, type Param, param, type ValidationIssue } from '@dicache/sdk'

type Inputs = HostServices['inputs']

/** The setting. */
export const inputPicture: Param<string> = param.choice({
  source: 'input',
  upload: 'image',
  checkedByNode: true,
  description: 'A file of the input folder; "NAME [output]" is one of the output folder.',
})

/** Changes when the file is replaced. Null for a name that comes over a link. */
export async function pictureFingerprint(inputs: Inputs, name: string | undefined): Promise<string | null> {
  if (name === undefined) return null
  return createHash('sha256')
    .update(await readFile(await inputs.resolve(name)))
    .digest('hex')
}

/** Whether there is such a file, before anything runs. */
export async function checkPicture(
  inputs: Inputs,
  name: string | undefined,
): Promise<readonly ValidationIssue[]> {
  if (name === undefined) return []
  try {
    await inputs.resolve(name)
    return []
  } catch (error) {
    return [{ input: 'image', message: error instanceof Error ? error.message : String(error) }]
  }
}

/** Reads and decodes a file; errors name it. @throws HostError of the host and of `decode`. */
export async function readPicture<T>(
  inputs: Inputs,
  name: string,
  { decode, signal }: { readonly decode: (file: Uint8Array) => Promise<T>; readonly signal: AbortSignal },
): Promise<T> {
  const path = await inputs.resolve(name)
  try {
    return await decode(await readFile(path, { signal }))
  } catch (error) {
    if (!(error instanceof HostError)) throw error
    throw new HostError(error.code, `"${name}": ${error.message}`, { path, cause: error })
  }
}
