/** Recognises what a file is from its first bytes, so that the wrong file gets a helpful answer. */
import { extname } from 'node:path'
import { WeightsError, type WeightsErrorCode } from './errors.ts'

/** How many bytes of a file {@link refuseOtherFormats} wants to see. */
export const SNIFF_BYTES: number = 512

/** The largest header that is read, as in the reference reader. */
export const MAX_HEADER_BYTES: number = 100_000_000

export const PICKLE_EXTENSIONS: ReadonlySet<string> = new Set([
  '.ckpt',
  '.pt',
  '.pth',
  '.bin',
  '.pkl',
  '.pickle',
])

/** Why pickles are refused and what to do. */
export const NO_PICKLES: string =
  'Loading a Python pickle (.ckpt, .pt, .bin) runs code that is in the file, so this program never does. ' +
  'Use the model’s .safetensors version, or convert a file that you trust with the safetensors Python package'

type OtherFormat = {
  readonly code: WeightsErrorCode
  readonly what: string
  /** Matched against the first bytes as characters; `[^ -\xff]` is a byte below the space. */
  readonly begins: RegExp
}

const OTHER_FORMATS: readonly OtherFormat[] = [
  { code: 'PICKLE_FILE', begins: /^PK[^ -\xff]{2}|^\x80[^ -\xff]/, what: `it is a pickle. ${NO_PICKLES}` },
  {
    code: 'GGUF_FILE',
    begins: /^GGUF/,
    what: 'GGUF files are not supported yet. Use the .safetensors version',
  },
  {
    code: 'LFS_POINTER',
    begins: /^version https:\/\/git-lfs/,
    what: 'it is a git-lfs pointer, not the weights. Run "git lfs pull" in its repository, or download the file itself',
  },
  {
    code: 'NOT_SAFETENSORS',
    begins: /^(?:\xef\xbb\xbf)?\s*</,
    what: 'it is a web page, not weights: the download was answered with a login or error page. Download it again',
  },
  {
    code: 'NOT_SAFETENSORS',
    begins: /^(?:\xef\xbb\xbf)?\s*[{[]/,
    what: 'it is a JSON file, not weights. Give the .safetensors file, or an index named *.index.json',
  },
]

/**
 * Throws when the start of a file shows that it is something else than safetensors.
 * @param start the first {@link SNIFF_BYTES} bytes, or all there are
 * @throws PICKLE_FILE, GGUF_FILE, LFS_POINTER or NOT_SAFETENSORS
 */
export function refuseOtherFormats(start: Uint8Array, path: string): void {
  if (start.length === 0 || looksLikeSafetensors(start)) return
  const text = String.fromCharCode(...start)
  const other = OTHER_FORMATS.find(({ begins }) => begins.test(text))
  if (other !== undefined) throw new WeightsError(other.code, other.what, { path })
  if (PICKLE_EXTENSIONS.has(extname(path).toLowerCase())) {
    throw new WeightsError('PICKLE_FILE', `it is a pickle by its name. ${NO_PICKLES}`, { path })
  }
}

/** Eight bytes of a plausible header length, then a JSON object. A length of 640 begins with a pickle's 80 02. */
function looksLikeSafetensors(start: Uint8Array): boolean {
  const first = start.at(8)
  if (first === undefined) return false
  const length = new DataView(start.buffer, start.byteOffset, 8).getBigUint64(0, true)
  return length <= MAX_HEADER_BYTES && /[{\s]/.test(String.fromCharCode(first))
}
