/** The texts that a picture carries, whatever its kind; and what kind a file is. */
import { HostError } from '../host-error.ts'
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
 * The texts by their keywords: `workflow` is the editor's document, `prompt` that of the API.
 * @param name how messages call the file
 * @throws UNSUPPORTED_FILE for a file that cannot carry texts.
 */
export async function readPictureTexts(source: ByteSource, name: string): Promise<PictureTexts> {
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
