import { nodeContract } from '@dicache/sdk/testing'
import { describe, expect, it } from 'vitest'
import { counted, rounded, run, tensor } from '../testing/run-picture.ts'
import { cropMask } from './crop-mask.ts'
import { featherMask } from './feather-mask.ts'
import { growMask } from './grow-mask.ts'
import { imageColorToMask } from './image-color-to-mask.ts'
import { imageToMask } from './image-to-mask.ts'
import { invertMask } from './invert-mask.ts'
import { joinImageWithAlpha } from './join-image-with-alpha.ts'
import { maskComposite } from './mask-composite.ts'
import { maskPreview } from './mask-preview.ts'
import { maskToImage } from './mask-to-image.ts'
import { solidMask } from './solid-mask.ts'
import { splitImageWithAlpha } from './split-image-with-alpha.ts'
import { thresholdMask } from './threshold-mask.ts'

const mask = counted([1, 3, 4], 12)
const image = counted([2, 1, 2, 3], 12)
const ones = tensor([1, 3, 4], ...Array.from({ length: 12 }, () => 1))

it.each([
  ['CropMask', cropMask, { inputs: { mask } }],
  ['FeatherMask', featherMask, { inputs: { mask } }],
  ['GrowMask', growMask, { inputs: { mask }, params: { expand: 2 } }],
  ['ImageColorToMask', imageColorToMask, { inputs: { image } }],
  ['ImageToMask', imageToMask, { inputs: { image } }],
  ['InvertMask', invertMask, { inputs: { mask } }],
  ['JoinImageWithAlpha', joinImageWithAlpha, { inputs: { image, alpha: mask } }],
  ['MaskComposite', maskComposite, { inputs: { destination: mask, source: mask } }],
  ['MaskPreview', maskPreview, { inputs: { mask } }],
  ['MaskToImage', maskToImage, { inputs: { mask } }],
  ['SolidMask', solidMask, { params: { width: 2, height: 2 } }],
  ['SplitImageWithAlpha', splitImageWithAlpha, { inputs: { image } }],
  ['ThresholdMask', thresholdMask, { inputs: { mask } }],
] as const)('%s keeps the contract', (_, node, sample) => nodeContract(node, sample))

describe('cutting and growing', () => {
  it('cuts to the border', async () => {
    const { mask: cut } = await run(
      cropMask,
      { mask: counted([1, 3, 4]) },
      { x: 2, y: 1, width: 9, height: 1 },
    )
    expect(cut).toEqual(tensor([1, 1, 2], 6, 7))
    await expect(run(cropMask, { mask }, { x: 4 })).rejects.toMatchObject({ code: 'VALUE_OUT_OF_RANGE' })
  })

  // What scipy.ndimage.grey_dilation and grey_erosion give.
  const dots = tensor([1, 5, 6], ...Array.from({ length: 30 }, (_, n) => (n === 13 ? 1 : n === 5 ? 0.5 : 0)))
  it.each([
    [
      1,
      true,
      [0, 0, 0, 0, 0.5, 0.5, 0, 1, 0, 0, 0, 0.5, 1, 1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    ],
    [
      2,
      false,
      [1, 1, 1, 1, 0.5, 0.5, 1, 1, 1, 1, 0.5, 0.5, 1, 1, 1, 1, 0.5, 0.5, 1, 1, 1, 1, 0, 0, 1, 1, 1, 1, 0, 0],
    ],
  ])('grows by %i, tapered %s', async (expand, tapered, wanted) => {
    const params = { expand, tapered_corners: tapered }
    expect(rounded((await run(growMask, { mask: dots }, params)).mask)).toEqual(wanted)
    // Less of what is not chosen is more of what is.
    const { mask: inverted } = await run(invertMask, { mask: dots })
    const shrunk = await run(growMask, { mask: inverted }, { ...params, expand: -expand })
    expect(rounded(shrunk.mask)).toEqual(wanted.map((value) => 1 - value))
  })

  it('ends in reasonable time when asked to grow far beyond the picture', async () => {
    const { mask: all } = await run(growMask, { mask: dots }, { expand: 16384 })
    expect(new Set(all.data)).toEqual(new Set([1]))
  })
})

describe('FeatherMask', () => {
  const row = tensor([1, 1, 5], 1, 1, 1, 1, 1)
  it.each([
    [{ left: 2 }, [0.5, 1, 1, 1, 1]],
    // From the right ComfyUI starts at column 0, then goes on at the last one.
    [{ right: 4 }, [0.25, 1, 1, 0.75, 0.5]],
    [{ left: 9 }, [0.2, 0.4, 0.6, 0.8, 1]],
  ])('%j gives %j', async (params, wanted) => {
    expect(rounded((await run(featherMask, { mask: row }, params)).mask)).toEqual(wanted)
  })

  it('treats rows as columns', async () => {
    const column = tensor([1, 5, 1], 1, 1, 1, 1, 1)
    const { mask: faded } = await run(featherMask, { mask: column }, { top: 2, bottom: 4 })
    expect(rounded(faded)).toEqual([0.125, 1, 1, 0.75, 0.5])
  })
})

describe('masks of pictures', () => {
  it('chooses exactly one colour in 8 bits, rounded', async () => {
    const pixels = tensor([1, 1, 3, 3], 1, 0.502, 2 / 255, 1, 0.499, 2 / 255, 1, 128.4 / 255, 2.4 / 255)
    const { mask: chosen } = await run(imageColorToMask, { image: pixels }, { color: 0xff8002 })
    expect(chosen).toEqual(tensor([1, 1, 3], 1, 0, 1))
  })

  it('takes a channel, and says when there is none', async () => {
    const rgba = tensor([1, 1, 2, 4], 1, 2, 3, 4, 5, 6, 7, 8)
    for (const [index, channel] of ['red', 'green', 'blue', 'alpha'].entries()) {
      expect((await run(imageToMask, { image: rgba }, { channel })).mask).toEqual(
        tensor([1, 1, 2], index + 1, index + 5),
      )
    }
    await expect(run(imageToMask, { image }, { channel: 'alpha' })).rejects.toThrow('"alpha"')
  })

  it('goes to grey and back', async () => {
    const { image: grey } = await run(maskToImage, { mask })
    expect(grey.shape).toEqual([1, 3, 4, 3])
    expect((await run(imageToMask, { image: grey }, { channel: 'green' })).mask).toEqual(mask)
  })

  it('joins alpha as 1 − mask, scaled, and splits it again', async () => {
    const picture = counted([1, 2, 4, 3], 24)
    const half = tensor([1, 1, 2], 0, 1)
    const { image: joined } = await run(joinImageWithAlpha, { image: picture, alpha: half })
    expect(joined.shape).toEqual([1, 2, 4, 4])
    // Bilinear at pixel centres: 0, 0.25, 0.75, 1 along each row.
    const { image: rgb, mask: back } = await run(splitImageWithAlpha, { image: joined })
    expect(rgb).toEqual(picture)
    expect(rounded(back)).toEqual([0, 0.25, 0.75, 1, 0, 0.25, 0.75, 1])
    const opaque = await run(splitImageWithAlpha, { image: picture })
    expect(opaque.mask).toEqual(tensor([1, 2, 4], ...Array.from({ length: 8 }, () => 0)))
  })

  it('repeats the shorter batch', async () => {
    const { image: joined } = await run(joinImageWithAlpha, { image, alpha: tensor([1, 1, 1], 0.25) })
    expect(joined.shape).toEqual([2, 1, 2, 4])
    expect(joined.data.filter((_, at) => at % 4 === 3)).toEqual(Float32Array.of(0.75, 0.75, 0.75, 0.75))
  })
})

describe('MaskComposite', () => {
  const below = tensor([1, 1, 4], 0.25, 0.5, 0.75, 1)
  const above = tensor([1, 1, 4], 0.5, 0.5, 1, 0.25)
  it.each([
    ['multiply', [0.125, 0.25, 0.75, 0.25]],
    ['add', [0.75, 1, 1, 1]],
    ['subtract', [0, 0, 0, 0.75]],
    // Rounded to even: 0.5 is not chosen, 0.75 is.
    ['and', [0, 0, 1, 0]],
    ['or', [0, 0, 1, 1]],
    ['xor', [0, 0, 0, 1]],
  ])('%s', async (operation, wanted) => {
    const { mask: result } = await run(maskComposite, { destination: below, source: above }, { operation })
    expect(rounded(result)).toEqual(wanted)
  })

  it('changes only what lies under the source', async () => {
    const params = { x: 3, y: 1, operation: 'multiply' }
    const zero = tensor([1, 2, 2], 0, 0, 0, 0)
    const { mask: result } = await run(maskComposite, { destination: ones, source: zero }, params)
    expect(rounded(result)).toEqual([1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 0])
    const outside = await run(maskComposite, { destination: ones, source: zero }, { ...params, x: 4 })
    expect(outside.mask).toEqual(ones)
  })
})

it('compares with the threshold in float32', async () => {
  const values = tensor([1, 1, 3], 0.1, 0.1000001, 0.09)
  expect((await run(thresholdMask, { mask: values }, { value: 0.1 })).mask).toEqual(
    tensor([1, 1, 3], 0, 1, 0),
  )
})

it.each([
  ['CropMask', cropMask, { mask: image }],
  ['GrowMask', growMask, { mask: tensor([3, 4], ...mask.data) }],
  ['MaskToImage', maskToImage, { mask: image }],
  ['ImageToMask', imageToMask, { image: mask }],
  ['MaskComposite', maskComposite, { destination: image, source: mask }],
] as const)('%s refuses other shapes with a sentence', async (_, node, inputs) => {
  await expect(run(node, inputs)).rejects.toMatchObject({ code: 'WRONG_SHAPE' })
})
