import { describe, expect, it } from 'vitest'
import { decodePixels } from '../load/decode-pixels.ts'
import { makeApng, type TestFrame, words } from '../testing/make-apng.ts'
import { apngFrames } from './apng-frames.ts'
import { PngError, pngChunk, pngChunks, pngFile } from './png-chunks.ts'

const [R, G, B, NONE] = [
  [255, 0, 0, 255],
  [0, 255, 0, 255],
  [0, 0, 255, 255],
  [0, 0, 0, 0],
] as const

/** The frames of a row of two pixels, as they are shown. */
async function shown(frames: readonly TestFrame[], still?: readonly number[]): Promise<readonly number[][]> {
  const { rgba, frames: count } = await decodePixels(
    makeApng([2, 1], frames, still),
    new AbortController().signal,
  )
  return Array.from({ length: count }, (_, n) => [...rgba.subarray(n * 8, n * 8 + 8)])
}

const whole = (left: readonly number[], right: readonly number[]): TestFrame => ({
  area: [0, 0, 2, 1],
  rgba: [...left, ...right],
})
const pixel = (x: number, rgba: readonly number[], rest: Partial<TestFrame> = {}): TestFrame => ({
  area: [x, 0, 1, 1],
  rgba,
  ...rest,
})

describe('animated PNG', () => {
  it('paints parts onto what is there', async () => {
    expect(await shown([whole(R, G), pixel(1, B), pixel(0, B)])).toEqual([
      [...R, ...G],
      [...R, ...B],
      [...B, ...B],
    ])
  })

  it.each([
    [0, [...B, ...B]], // stays
    [1, [...B, ...NONE]], // becomes transparent
    [2, [...B, ...G]], // becomes what was there before
  ])('does with a frame’s area what dispose %i says', async (dispose, last) => {
    expect((await shown([whole(R, G), pixel(1, B, { dispose }), pixel(0, B)])).at(-1)).toEqual(last)
  })

  it('clears the first frame where it asks for what was before it', async () => {
    expect(await shown([{ ...whole(R, G), dispose: 2 }, pixel(0, B)])).toEqual([
      [...R, ...G],
      [...B, ...NONE],
    ])
  })

  it('blends over, or writes alpha as it is', async () => {
    const half = [0, 0, 255, 128]
    const over = await shown([whole(R, NONE), { ...whole(half, half), blend: 1 }])
    expect(over.at(-1)).toEqual([127, 0, 128, 255, ...half])
    expect((await shown([whole(R, NONE), whole(half, half)])).at(-1)).toEqual([...half, ...half])
    // Nothing over something changes nothing; over nothing it stays itself.
    expect((await shown([whole(R, G), { ...whole([9, 9, 9, 0], B), blend: 1 }])).at(-1)).toEqual([...R, ...B])
    expect(await shown([{ ...whole([9, 8, 7, 0], B), blend: 1 }])).toEqual([[9, 8, 7, 0, ...B]])
  })

  it('shows a picture before the animation as the first frame', async () => {
    expect(await shown([whole(R, G)], [...B, ...B])).toEqual([
      [...B, ...B],
      [...R, ...G],
    ])
  })

  it('is undefined for a still PNG', () => {
    const animated = makeApng([2, 1], [whole(R, G)])
    const still = edit(animated, 'acTL|fcTL', () => [])
    expect(apngFrames(still)).toBeUndefined()
  })

  it.each([
    [
      'a frame that leaves the picture',
      makeApng([2, 1], [whole(R, G), { area: [1, 0, 2, 1], rgba: [...R, ...G] }]),
    ],
    ['an empty frame', makeApng([2, 1], [{ area: [0, 0, 0, 1], rgba: [] }])],
    ['a way to paint that is not known', makeApng([2, 1], [{ ...whole(R, G), blend: 7 }])],
    ['a frame without data', edit(makeApng([2, 1], [whole(R, G), whole(R, G)]), 'fdAT', () => [])],
    [
      'frame data before its frame',
      edit(makeApng([2, 1], [whole(R, G)]), 'fcTL', () => [pngChunk('fdAT', words(1, 2))]),
    ],
    [
      'a short frame control',
      edit(makeApng([2, 1], [whole(R, G)]), 'fcTL', (data) => [pngChunk('fcTL', data.subarray(1))]),
    ],
    ['no picture', edit(makeApng([2, 1], [whole(R, G)]), 'fcTL|IDAT', () => [])],
  ])('refuses %s', (_, file) => {
    expect(() => apngFrames(file)).toThrow(PngError)
  })
})

/** The file with every chunk of some types replaced. */
function edit(
  file: Uint8Array,
  types: string,
  change: (data: Uint8Array) => readonly Uint8Array[],
): Uint8Array {
  return pngFile(
    [...pngChunks(file)].flatMap(({ type, data }) =>
      types.split('|').includes(type) ? change(data) : [pngChunk(type, data)],
    ),
  )
}
