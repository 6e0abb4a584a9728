/** Deletes the files of a run: only those that it saved, only below the output folder, and never through a link. */
import { lstat, realpath, unlink } from 'node:fs/promises'
import path from 'node:path'
import { HostError, type RunOutput } from '@dicache/protocol'
import { hashOf } from '../comfy/files/publish-file.ts'
import { safeName, safePath } from '../security/names.ts'

/** What became of one file. `kept` says why it is still there. */
export type Deletion =
  | { readonly file: string; readonly outcome: 'deleted' | 'missing' }
  | { readonly file: string; readonly outcome: 'kept'; readonly reason: string }

/** Deletes files one after the other; what may not go stays, and the answer says why. */
export async function deleteOutputs(
  root: string,
  outputs: readonly RunOutput[],
): Promise<readonly Deletion[]> {
  const deletions: Deletion[] = []
  const seen = new Set<string>()
  for (const output of outputs) {
    const file = output.subfolder === '' ? output.filename : `${output.subfolder}/${output.filename}`
    const key = `${output.type}:${file}`
    if (seen.has(key)) continue
    seen.add(key)
    deletions.push({ file, ...(await deleteOne(root, output)) })
  }
  return deletions
}

type Outcome = { readonly outcome: 'deleted' | 'missing' } | ReturnType<typeof kept>

async function deleteOne(root: string, output: RunOutput): Promise<Outcome> {
  // Inputs are the user's own, and temporary files go by themselves.
  if (output.type !== 'output') return kept('It is no file of the output folder.')
  try {
    const relative = path.join(safePath(output.subfolder), safeName(output.filename))
    const realRoot = await realpath(root)
    const target = path.join(realRoot, relative)
    const facts = await lstat(target)
    if (!facts.isFile() || (await realpath(path.dirname(target))) !== path.dirname(target))
      return kept('It is a folder, or a link is on its path.')
    if (facts.size !== output.sizeBytes || (await hashOf(target)) !== output.sha256)
      return kept('It was changed since the run saved it.')
    await unlink(target)
    return { outcome: 'deleted' }
  } catch (error) {
    if (error instanceof HostError) return kept('Its name leads out of the output folder.')
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ENOENT' || code === 'ENOTDIR') return { outcome: 'missing' }
    return kept(`The system does not allow it (${typeof code === 'string' ? code : 'unknown'}).`)
  }
}

function kept(reason: string): { readonly outcome: 'kept'; readonly reason: string } {
  return { outcome: 'kept', reason }
}
