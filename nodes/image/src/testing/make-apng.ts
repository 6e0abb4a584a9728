/** Animated PNGs for tests, put together chunk by chunk. */
import { deflateSync } from 'node:zlib'
import { joinBytes, pngChunk, pngFile } from '../png/png-chunks.ts'

/** One frame: its place, its RGBA bytes, and the numbers that the format has for dispose (0..2) and blend (0..1). */
export type TestFrame = {
  readonly area: readonly [left: number, top: number, width: number, height: number]
  readonly rgba: readonly number[]
  readonly dispose?: number
  readonly blend?: number
}

/** A file of RGBA frames; `still` is a picture before the animation that is no part of it. */
export function makeApng(
  [width, height]: readonly [number, number],
  frames: readonly TestFrame[],
  still?: readonly number[],
): Uint8Array {
  let sequence = 0
  const frameChunks = frames.flatMap(({ area, rgba, dispose = 0, blend = 0 }, index) => {
    const [left, top, frameWidth, frameHeight] = area
    const control = Buffer.concat([
      words(sequence++, frameWidth, frameHeight, left, top),
      Buffer.of(0, 1, 0, 10, dispose, blend),
    ])
    const data = scanlines(rgba, frameWidth)
    const isFirst = index === 0 && still === undefined
    return [
      pngChunk('fcTL', control),
      isFirst ? pngChunk('IDAT', data) : pngChunk('fdAT', joinBytes([words(sequence++), data])),
    ]
  })
  return pngFile([
    pngChunk('IHDR', Buffer.concat([words(width, height), Buffer.of(8, 6, 0, 0, 0)])),
    pngChunk('acTL', words(frames.length, 0)),
    ...(still === undefined ? [] : [pngChunk('IDAT', scanlines(still, width))]),
    ...frameChunks,
    pngChunk('IEND', new Uint8Array()),
  ])
}

/** 32-bit numbers, big-endian. */
export function words(...values: readonly number[]): Uint8Array {
  const bytes = Buffer.alloc(values.length * 4)
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, index * 4)
  return bytes
}

/** Packed rows, each behind a filter byte of 0. */
function scanlines(rgba: readonly number[], width: number): Uint8Array {
  const rows = Array.from({ length: rgba.length / (width * 4) }, (_, row) => [
    0,
    ...rgba.slice(row * width * 4, (row + 1) * width * 4),
  ])
  return deflateSync(Uint8Array.from(rows.flat()))
}
