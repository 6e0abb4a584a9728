/** Animated PNG (PNG specification, third edition, 11.3.6): cut into one still PNG a frame. */
import { joinBytes, PngError, pngChunk, pngChunks, pngFile } from './png-chunks.ts'

/** Where and how a frame is painted onto the canvas. */
export type FrameControl = {
  readonly leftPx: number
  readonly topPx: number
  readonly widthPx: number
  readonly heightPx: number
  /** What becomes of the frame's area before the next frame is painted. */
  readonly dispose: 'none' | 'background' | 'previous'
  readonly blend: 'source' | 'over'
}

/** One frame. `control` is undefined for a still picture that stands before the animation and is no part of it. */
export type ApngFrame = { readonly png: Uint8Array; readonly control: FrameControl | undefined }

/** The frames of an animated PNG in order. */
export type Apng = {
  readonly widthPx: number
  readonly heightPx: number
  readonly frames: readonly ApngFrame[]
}

const DISPOSE = ['none', 'background', 'previous'] as const
const BLEND = ['source', 'over'] as const
/** What every frame's own file needs to be decoded. */
const SHARED = new Set(['PLTE', 'tRNS'])

/**
 * Cuts an animated PNG; undefined for a PNG without animation.
 * @throws PngError for a damaged file, a frame without data, or one that leaves the canvas.
 */
export function apngFrames(file: Uint8Array): Apng | undefined {
  let header: Uint8Array | undefined
  let control: FrameControl | undefined
  let animated = false
  const shared: Uint8Array[] = []
  const found: { readonly control: FrameControl | undefined; readonly data: Uint8Array[] }[] = []
  for (const { type, data } of pngChunks(file)) {
    if (type === 'IHDR') header = data
    else if (SHARED.has(type)) shared.push(pngChunk(type, data))
    else if (type === 'acTL') animated = true
    else if (type === 'fcTL' && animated) {
      control = frameControl(data, canvasOf(header))
      found.push({ control, data: [] })
    } else if (type === 'IDAT') {
      if (found.length === 0) found.push({ control: undefined, data: [] })
      found.at(-1)?.data.push(data)
    } else if (type === 'fdAT' && animated) {
      if (control === undefined || data.length < 4) throw new PngError('frame data stands before its frame')
      found.at(-1)?.data.push(data.subarray(4)) // the first four bytes number it
    }
  }
  if (!animated || header === undefined) return undefined
  const canvas = canvasOf(header)
  const frames = found.map((frame): ApngFrame => {
    if (frame.data.length === 0) throw new PngError('a frame of its animation has no data')
    const { widthPx, heightPx } = frame.control ?? canvas
    return { png: stillPng(sized(header, widthPx, heightPx), shared, frame.data), control: frame.control }
  })
  if (frames.length === 0) throw new PngError('it has no picture')
  return { ...canvas, frames }
}

type Size = { readonly widthPx: number; readonly heightPx: number }

function canvasOf(header: Uint8Array | undefined): Size {
  if (header === undefined) throw new PngError('it does not begin with a header chunk')
  const view = viewOf(header)
  return { widthPx: view.getUint32(0), heightPx: view.getUint32(4) }
}

/** Sequence number, width, height, left, top, delay (two numbers), dispose, blend: 26 bytes. */
function frameControl(data: Uint8Array, canvas: Size): FrameControl {
  if (data.length !== 26) throw new PngError('a frame control chunk has a wrong length')
  const view = viewOf(data)
  const [widthPx, heightPx] = [view.getUint32(4), view.getUint32(8)]
  const [leftPx, topPx] = [view.getUint32(12), view.getUint32(16)]
  const dispose = DISPOSE[view.getUint8(24)]
  const blend = BLEND[view.getUint8(25)]
  if (dispose === undefined || blend === undefined)
    throw new PngError('a frame is painted in a way that is not known')
  if (widthPx < 1 || heightPx < 1 || leftPx + widthPx > canvas.widthPx || topPx + heightPx > canvas.heightPx)
    throw new PngError('a frame of its animation leaves the picture')
  return { leftPx, topPx, widthPx, heightPx, dispose, blend }
}

function sized(header: Uint8Array, widthPx: number, heightPx: number): Uint8Array {
  const copy = Uint8Array.from(header)
  const view = viewOf(copy)
  view.setUint32(0, widthPx)
  view.setUint32(4, heightPx)
  return copy
}

function stillPng(
  header: Uint8Array,
  shared: readonly Uint8Array[],
  data: readonly Uint8Array[],
): Uint8Array {
  return pngFile([
    pngChunk('IHDR', header),
    ...shared,
    pngChunk('IDAT', joinBytes(data)),
    pngChunk('IEND', new Uint8Array()),
  ])
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
