/** Finds the workflow that a picture carries. Browser, server and terminal open dropped and named pictures with it. */
import { HostError } from '../host-error.ts'
import { parseWorkflowText } from '../parse-workflow.ts'
import type { ByteSource } from './byte-source.ts'
import { readPictureTexts } from './picture-texts.ts'

/**
 * The JSON text of the workflow in a picture: the editor's document, else the prompt of the API. Where neither can be
 * read as a workflow it is the first that is there, so that whoever reads it says what is wrong with it.
 * @param name how messages call the file
 * @throws UNSUPPORTED_FILE for a picture that cannot carry one or carries none.
 */
export async function readPictureWorkflow(source: ByteSource, name: string): Promise<string> {
  const { texts, cut } = await readPictureTexts(source, name)
  const found = ['workflow', 'prompt'].flatMap((key) => texts.get(key) ?? [])
  const [first] = found
  if (first !== undefined) return found.find((text) => parseWorkflowText(text).ok) ?? first
  const why = cut
    ? 'breaks off before its end, and no workflow comes before that'
    : 'carries no workflow: it was not saved by this program or ComfyUI, or the metadata was removed from it'
  throw new HostError('UNSUPPORTED_FILE', `The picture ${name} ${why}.`, { path: name })
}
