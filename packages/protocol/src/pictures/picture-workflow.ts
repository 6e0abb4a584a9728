/** Finds the workflow that a picture carries. Browser, server and terminal open dropped and named pictures with it. */
import { HostError } from '../host-error.ts'
import { parseWorkflowText } from '../parse-workflow.ts'
import type { ByteSource } from './byte-source.ts'
import { readPngTexts } from './png-texts.ts'
import type { PictureTexts } from './png-texts.ts'
import { readWebpTexts } from './webp-texts.ts'

/** Files that are told apart by their first bytes. Only the first two can carry a workflow. */
export type PictureKind = 'PNG' | 'WebP' | 'JPEG' | 'GIF' | 'AVIF or MP4' | 'WebM'

/** How many of a file's first bytes `pictureKind` looks at. */
export const MAGIC_BYTES = 12

/** What kind of picture or film begins with these bytes; undefined for anything else, such as JSON. */
export function pictureKind(head: Uint8Array): PictureKind | undefined {
  const starts = (at: number, ...bytes: readonly number[]): boolean =>
    bytes.every((byte, index) => head[at + index] === byte)
  if (starts(0, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return 'PNG'
  if (starts(0, 0x52, 0x49, 0x46, 0x46) && starts(8, 0x57, 0x45, 0x42, 0x50)) return 'WebP'
  if (starts(0, 0xff, 0xd8, 0xff)) return 'JPEG'
  if (starts(0, 0x47, 0x49, 0x46, 0x38)) return 'GIF'
  if (starts(4, 0x66, 0x74, 0x79, 0x70)) return 'AVIF or MP4'
  return starts(0, 0x1a, 0x45, 0xdf, 0xa3) ? 'WebM' : undefined
}

/**
 * The JSON text of the workflow in a picture: the editor's document, else the prompt of the API. Where neither can be
 * read as a workflow it is the first that is there, so that whoever reads it says what is wrong with it.
 * @param name how messages call the file
 * @throws UNSUPPORTED_FILE for a picture that cannot carry one or carries none.
 */
export async function readPictureWorkflow(source: ByteSource, name: string): Promise<string> {
  const { texts, cut } = await readTexts(source, name)
  const found = ['workflow', 'prompt'].flatMap((key) => texts.get(key) ?? [])
  const [first] = found
  if (first !== undefined) return found.find((text) => parseWorkflowText(text).ok) ?? first
  const why = cut
    ? 'breaks off before its end, and no workflow comes before that'
    : 'carries no workflow: it was not saved by this program or ComfyUI, or the metadata was removed from it'
  throw new HostError('UNSUPPORTED_FILE', `The picture ${name} ${why}.`, { path: name })
}

async function readTexts(source: ByteSource, name: string): Promise<PictureTexts> {
  const kind = pictureKind(await source.read(0, MAGIC_BYTES))
  switch (kind) {
    case 'PNG':
      return readPngTexts(source)
    case 'WebP':
      return readWebpTexts(source)
    default:
      throw new HostError(
        'UNSUPPORTED_FILE',
        `${name} is ${kind === undefined ? 'no picture' : `a file of the kind ${kind}`}: workflows are read from PNG and WebP pictures and from JSON.`,
        { path: name },
      )
  }
}
