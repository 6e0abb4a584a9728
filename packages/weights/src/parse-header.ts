/** Bytes of a safetensors header in, checked entries out. Pure, and safe on any bytes: the checks are those of the reference reader. */
import { byteLengthOf, isWeightDType, type WeightDType } from './dtypes.ts'
import { quoteName, WeightsError } from './errors.ts'
import { createJsonReader, type JsonReader } from './header-json.ts'
import { MAX_HEADER_BYTES } from './sniff.ts'
import type { TensorEntry } from './weight-file.ts'

/** What a header says. */
export type Header = {
  readonly metadata: Readonly<Record<string, string>>
  readonly tensors: ReadonlyMap<string, TensorEntry>
}

/** The names that errors (`path`) and entries (`file`) carry. */
export type HeaderPlace = { readonly path: string; readonly file: string }

/** Bytes of the length that begins every file. */
export const LENGTH_BYTES: number = 8
const MAX_RANK = 64
const METADATA = '__metadata__'

/**
 * The length of the header (JSON alone), from the first eight bytes.
 * @throws TRUNCATED_FILE or HEADER_TOO_LARGE
 */
export function headerLength(start: Uint8Array, fileSize: number, path: string): number {
  if (fileSize < LENGTH_BYTES || start.length < LENGTH_BYTES) {
    throw new WeightsError(
      'TRUNCATED_FILE',
      `it is ${fileSize} bytes long, less than a header. Download it again`,
      { path },
    )
  }
  const length = new DataView(start.buffer, start.byteOffset, LENGTH_BYTES).getBigUint64(0, true)
  if (length > MAX_HEADER_BYTES) {
    throw new WeightsError(
      'HEADER_TOO_LARGE',
      `its header claims ${length} bytes; at most ${MAX_HEADER_BYTES} are read. It is damaged or no safetensors file`,
      { path },
    )
  }
  if (Number(length) > fileSize - LENGTH_BYTES) {
    throw new WeightsError(
      'TRUNCATED_FILE',
      `its header claims ${length} bytes, but the file ends after ${fileSize}. Download it again`,
      { path },
    )
  }
  return Number(length)
}

/**
 * Reads and checks a header.
 * @param bytes the file's first 8 + header length bytes, or more
 * @param fileSize of the whole file, in bytes
 * @throws WeightsError, and nothing else
 */
export function parseHeader(
  bytes: Uint8Array,
  fileSize: number,
  place: HeaderPlace = { path: '<memory>', file: '<memory>' },
): Header {
  const { path } = place
  const length = headerLength(bytes, fileSize, path)
  const dataStart = LENGTH_BYTES + length
  if (bytes.length < dataStart)
    throw new WeightsError('TRUNCATED_FILE', 'its header was read only in part', { path })
  const header = readEntries(decodeUtf8(bytes.subarray(LENGTH_BYTES, dataStart), path), dataStart, place)
  checkCoverage(header.tensors, { dataStart, fileSize, path })
  return header
}

function decodeUtf8(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw new WeightsError(
      'BAD_HEADER',
      'its header is no UTF-8 text. It is damaged or no safetensors file',
      { path, cause },
    )
  }
}

function readEntries(text: string, dataStart: number, place: HeaderPlace): Header {
  const tensors = new Map<string, TensorEntry>()
  let metadata: Readonly<Record<string, string>> = {}
  let reading: string | undefined
  try {
    const reader = createJsonReader(text)
    reader.object((name) => {
      reading = name
      if (name === METADATA) {
        metadata = readMetadata(reader)
      } else {
        tensors.set(name, readEntry(reader, name, { ...place, dataStart }))
      }
      reading = undefined
    })
    reader.end()
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause
    const inMetadata = reading === METADATA
    const where = inMetadata ? ` in ${METADATA} (an object of strings)` : ''
    const what = `its header is malformed${where}: ${cause.message}. It is damaged; download it again`
    throw new WeightsError('BAD_HEADER', what, {
      path: place.path,
      key: inMetadata ? undefined : reading,
      cause,
    })
  }
  return { metadata, tensors }
}

function readMetadata(reader: JsonReader): Readonly<Record<string, string>> {
  const pairs: [string, string][] = []
  reader.object((key) => pairs.push([key, reader.string()]))
  return Object.fromEntries(pairs)
}

type EntryPlace = HeaderPlace & { readonly dataStart: number }

function readEntry(reader: JsonReader, name: string, { path, file, dataStart }: EntryPlace): TensorEntry {
  const found: { dtype?: string; shape?: readonly number[]; offsets?: readonly number[] } = {}
  reader.object((field) => {
    if (field === 'dtype') found.dtype = reader.string()
    else if (field === 'shape') found.shape = readNumbers(reader, MAX_RANK)
    else if (field === 'data_offsets') found.offsets = readNumbers(reader, 2)
    else reader.skip()
  })
  const { dtype, shape } = found
  const [begin, end] = found.offsets ?? []
  if (dtype === undefined || shape === undefined || begin === undefined || end === undefined) {
    throw new SyntaxError('"dtype", "shape" or "data_offsets" (two numbers) is missing')
  }
  if (!isWeightDType(dtype)) {
    throw new WeightsError('WRONG_DTYPE', `the element type ${quoteName(dtype)} is unknown`, {
      path,
      key: name,
    })
  }
  if (end < begin) {
    throw new WeightsError('BAD_OFFSETS', `its data ends (${end}) before it begins (${begin})`, {
      path,
      key: name,
    })
  }
  checkSize({ dtype, shape, byteLength: end - begin }, path, name)
  return { name, dtype, shape, file, byteOffset: dataStart + begin, byteLength: end - begin }
}

function readNumbers(reader: JsonReader, most: number): number[] {
  const numbers: number[] = []
  reader.array((index) => {
    if (index === most) throw new SyntaxError(`more than ${most} numbers in "shape" or "data_offsets"`)
    numbers.push(reader.wholeNumber())
  })
  return numbers
}

type Extent = { readonly dtype: WeightDType; readonly shape: readonly number[]; readonly byteLength: number }

function checkSize({ dtype, shape, byteLength }: Extent, path: string, key: string): void {
  const expected = byteLengthOf(dtype, shape)
  if (expected === byteLength) return
  const needs = expected === undefined ? 'no possible number of bytes' : `${expected} bytes`
  throw new WeightsError(
    'WRONG_SHAPE',
    `${dtype} [${shape.join(', ')}] takes ${needs}, but its offsets span ${byteLength}. The file is damaged`,
    { path, key },
  )
}

type Coverage = { readonly dataStart: number; readonly fileSize: number; readonly path: string }

/** The tensors must cover the rest of the file without overlap, hole or remainder: nothing hides between them. */
function checkCoverage(
  tensors: ReadonlyMap<string, TensorEntry>,
  { dataStart, fileSize, path }: Coverage,
): void {
  const inOrder = [...tensors.values()].sort(
    (a, b) => a.byteOffset - b.byteOffset || a.byteLength - b.byteLength,
  )
  let covered = dataStart
  for (const { name, byteOffset, byteLength } of inOrder) {
    if (byteOffset < covered) {
      throw new WeightsError(
        'OVERLAPPING_OFFSETS',
        'its data overlaps another tensor’s. The file is damaged',
        { path, key: name },
      )
    }
    if (byteOffset > covered) {
      const hole = `${byteOffset - covered} bytes before its data belong to no tensor. The file is damaged`
      throw new WeightsError('BAD_OFFSETS', hole, { path, key: name })
    }
    covered += byteLength
  }
  if (covered > fileSize) {
    throw new WeightsError(
      'TRUNCATED_FILE',
      `it is ${fileSize} bytes long, but its tensors need ${covered}. Download it again`,
      { path },
    )
  }
  if (covered < fileSize) {
    throw new WeightsError(
      'BAD_OFFSETS',
      `${fileSize - covered} bytes after the last tensor belong to none`,
      { path },
    )
  }
}
