/** Pictures to one animated PNG (PNG specification, third edition, 11.3.6); undone by `png/apng-frames.ts`. */
import { batchView, type FloatTensor } from '@dicache/tensor'
import { joinBytes, pngChunk, pngChunks, pngFile } from '../png/png-chunks.ts'
import { encodePng } from './encode-png.ts'

/** How an animation is written. */
export type ApngOptions = {
  /** How long each picture is shown; whole. */
  readonly frameMs: number
  /** zlib level, 0..9. */
  readonly compression: number
  /** keyword → text (Latin-1), kept in `comf` chunks behind the pictures, as ComfyUI keeps them. */
  readonly texts: Readonly<Record<string, string>>
  readonly signal: AbortSignal
}

/** Encodes a batch `[B, H, W, C]` with 3 or 4 channels; it repeats without end. One picture is a still PNG. */
export async function encodeApng(images: FloatTensor, options: ApngOptions): Promise<Uint8Array> {
  const [frames = 0, height = 0, width = 0] = images.shape
  const chunks: Uint8Array[] = []
  let sequence = 0
  for (let frame = 0; frame < frames; frame += 1) {
    options.signal.throwIfAborted()
    const png = await encodePng(batchView(images, frame), options.compression)
    const parts = [...pngChunks(png)]
    if (frame === 0) {
      chunks.push(...parts.filter(({ type }) => type === 'IHDR').map(({ data }) => pngChunk('IHDR', data)))
      if (frames > 1) chunks.push(pngChunk('acTL', numbers([frames, 0])))
    }
    if (frames > 1) {
      const place = numbers([sequence, width, height, 0, 0])
      // Delay in ms; the area is left as it is and painted over.
      const delay = Uint8Array.of(...shorts([options.frameMs, 1000]), 0, 0)
      chunks.push(pngChunk('fcTL', joinBytes([place, delay])))
      sequence += 1
    }
    const data = joinBytes(parts.filter(({ type }) => type === 'IDAT').map((part) => part.data))
    if (frame === 0) chunks.push(pngChunk('IDAT', data))
    else {
      chunks.push(pngChunk('fdAT', joinBytes([numbers([sequence]), data])))
      sequence += 1
    }
  }
  for (const [keyword, text] of Object.entries(options.texts))
    chunks.push(pngChunk('comf', Buffer.from(`${keyword}\0${text}`, 'latin1')))
  return pngFile([...chunks, pngChunk('IEND', new Uint8Array())])
}

/** Whole numbers of 32 bits, big end first. */
function numbers(values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 4)
  const view = new DataView(bytes.buffer)
  for (const [index, value] of values.entries()) view.setUint32(index * 4, value)
  return bytes
}

/** Whole numbers of 16 bits, big end first; larger ones become the largest. */
function shorts(values: readonly number[]): readonly number[] {
  return values.flatMap((value) => {
    const limited = Math.min(value, 0xffff)
    return [limited >> 8, limited & 0xff]
  })
}
