import { nodeContract, runNode } from '@dicache/sdk/testing'
import { describe, expect, it } from 'vitest'
import { counted, rounded, run, tensor } from '../testing/run-picture.ts'
import { fluxKontextImageScale } from './flux-kontext-image-scale.ts'
import { imageCompositeMasked } from './image-composite-masked.ts'
import { imageCrop } from './image-crop.ts'
import { imageFlip } from './image-flip.ts'
import { imageFromBatch } from './image-from-batch.ts'
import { imagePadForOutpaint } from './image-pad-for-outpaint.ts'
import { imageRotate } from './image-rotate.ts'
import { imageScaleBy } from './image-scale-by.ts'
import { imageScaleToMaxDimension } from './image-scale-to-max-dimension.ts'
import { imageScaleToTotalPixels } from './image-scale-to-total-pixels.ts'
import { imageStitch } from './image-stitch.ts'
import { rebatchImages } from './rebatch-images.ts'
import { repeatImageBatch } from './repeat-image-batch.ts'

const image = counted([1, 2, 3, 1])
const rgb = counted([2, 1, 2, 3], 12)

it.each([
  ['FluxKontextImageScale', fluxKontextImageScale, { inputs: { image } }],
  ['ImageCompositeMasked', imageCompositeMasked, { inputs: { destination: rgb, source: rgb } }],
  ['ImageCrop', imageCrop, { inputs: { image } }],
  ['ImageFlip', imageFlip, { inputs: { image } }],
  ['ImageFromBatch', imageFromBatch, { inputs: { image: rgb } }],
  ['ImagePadForOutpaint', imagePadForOutpaint, { inputs: { image }, params: { left: 8 } }],
  ['ImageRotate', imageRotate, { inputs: { image }, params: { rotation: '90 degrees' } }],
  ['ImageScaleBy', imageScaleBy, { inputs: { image } }],
  ['ImageScaleToMaxDimension', imageScaleToMaxDimension, { inputs: { image }, params: { largest_size: 4 } }],
  ['ImageScaleToTotalPixels', imageScaleToTotalPixels, { inputs: { image }, params: { megapixels: 0.01 } }],
  ['ImageStitch', imageStitch, { inputs: { image1: rgb, image2: rgb } }],
  ['RebatchImages', rebatchImages, { inputs: { images: [rgb] }, params: { batch_size: [1] } }],
  ['RepeatImageBatch', repeatImageBatch, { inputs: { image }, params: { amount: 2 } }],
] as const)('%s keeps the contract', (_, node, sample) => nodeContract(node, sample))

describe('turning and cutting', () => {
  it.each([
    [imageFlip, { flip_method: 'x-axis: vertically' }, [1, 2, 3, 1], [3, 4, 5, 0, 1, 2]],
    [imageFlip, { flip_method: 'y-axis: horizontally' }, [1, 2, 3, 1], [2, 1, 0, 5, 4, 3]],
    [imageRotate, { rotation: 'none' }, [1, 2, 3, 1], [0, 1, 2, 3, 4, 5]],
    [imageRotate, { rotation: '90 degrees' }, [1, 3, 2, 1], [3, 0, 4, 1, 5, 2]],
    [imageRotate, { rotation: '180 degrees' }, [1, 2, 3, 1], [5, 4, 3, 2, 1, 0]],
    [imageRotate, { rotation: '270 degrees' }, [1, 3, 2, 1], [2, 5, 1, 4, 0, 3]],
    [imageCrop, { width: 2, height: 1, x: 1, y: 1 }, [1, 1, 2, 1], [4, 5]],
    [imageCrop, { width: 9, height: 9, x: 1, y: 0 }, [1, 2, 2, 1], [1, 2, 4, 5]],
    // A start outside is moved to the last pixel.
    [imageCrop, { width: 2, height: 2, x: 7, y: 8 }, [1, 1, 1, 1], [5]],
  ])('%# gives %j', async (node, params, shape, values) => {
    expect((await run(node, { image }, params)).image).toEqual(tensor(shape, ...values))
  })
})

describe('batches', () => {
  const five = counted([5, 1, 1, 1])
  it.each([
    [1, 2, [1, 2]],
    [3, 9, [3, 4]],
    [9, 2, [4]],
  ])('takes %i, %i', async (batch_index, length, wanted) => {
    const { image: taken } = await run(imageFromBatch, { image: five }, { batch_index, length })
    expect([...taken.data]).toEqual(wanted)
  })

  it('repeats the whole batch', async () => {
    const { image: all } = await run(repeatImageBatch, { image: counted([2, 1, 1, 1]) }, { amount: 3 })
    expect([...all.data]).toEqual([0, 1, 0, 1, 0, 1])
  })

  it('cuts lists of batches anew', async () => {
    const options = { inputs: { images: [five, counted([2, 1, 1, 1])] }, params: { batch_size: [3] } }
    const { outputs } = await runNode(rebatchImages, options)
    expect(outputs).toEqual({
      image: [tensor([3, 1, 1, 1], 0, 1, 2), tensor([3, 1, 1, 1], 3, 4, 0), tensor([1, 1, 1, 1], 1)],
    })
    const mixed = { inputs: { images: [five, image] }, params: { batch_size: [6] } }
    await expect(runNode(rebatchImages, mixed)).rejects.toMatchObject({ code: 'WRONG_SHAPE' })
  })
})

describe('ImageCompositeMasked', () => {
  const black = tensor([2, 2, 2, 1], ...Array.from({ length: 8 }, () => 0))
  const white = tensor([1, 2, 2, 1], 1, 1, 1, 1)

  it('puts the source where it fits, onto every picture', async () => {
    const params = { x: 1, y: 1 }
    const { image: result } = await run(imageCompositeMasked, { destination: black, source: white }, params)
    expect([...result.data]).toEqual([0, 0, 0, 1, 0, 0, 0, 1])
    const outside = await run(imageCompositeMasked, { destination: black, source: white }, { x: 2, y: 0 })
    expect(outside.image).toEqual(black)
  })

  it('scales the mask to the source, and the source to the destination where asked', async () => {
    const mask = tensor([1, 1, 1], 0.25)
    const inputs = { destination: black, source: white, mask }
    expect([...(await run(imageCompositeMasked, inputs)).image.data]).toEqual(
      Array.from({ length: 8 }, () => 0.25),
    )
    const small = { destination: black, source: tensor([1, 1, 1, 1], 1) }
    expect([...(await run(imageCompositeMasked, small)).image.data]).toEqual([1, 0, 0, 0, 1, 0, 0, 0])
    const scaled = await run(imageCompositeMasked, small, { resize_source: true })
    expect([...scaled.image.data]).toEqual([1, 1, 1, 1, 1, 1, 1, 1])
  })
})

describe('ImagePadForOutpaint', () => {
  it('adds grey, and fades the mask by the square of what is left', async () => {
    const picture = counted([1, 6, 6, 1], 36)
    const { image: padded, mask } = await run(
      imagePadForOutpaint,
      { image: picture },
      { left: 8, feathering: 2 },
    )
    expect(padded.shape).toEqual([1, 6, 14, 1])
    expect(rounded(padded).slice(0, 10)).toEqual([...Array.from({ length: 8 }, () => 0.5), 0, 0.027778])
    expect(mask.shape).toEqual([1, 6, 14])
    expect([...mask.data.subarray(0, 14)]).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 1, 0.25, 0, 0, 0, 0])
    const corner = await run(imagePadForOutpaint, { image: picture }, { bottom: 8, right: 8, feathering: 2 })
    // One pixel from the border half of the fading is left; the last pixel is 1 away from it.
    expect([...corner.mask.data.subarray(5 * 14, 5 * 14 + 7)]).toEqual([
      0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 1,
    ])
  })

  it('does not fade into a picture less than twice as large', async () => {
    const { mask } = await run(
      imagePadForOutpaint,
      { image: counted([1, 4, 4, 1]) },
      { top: 8, feathering: 2 },
    )
    expect([...mask.data.subarray(32)]).toEqual(Array.from({ length: 16 }, () => 0))
  })
})

describe('scaling to sizes', () => {
  const wide = counted([1, 20, 30, 1])
  it.each([
    [imageScaleBy, { scale_by: 0.25 }, [5, 8]], // 7.5: halves go to even
    [imageScaleBy, { scale_by: 0.01 }, [1, 1]],
    [imageScaleToMaxDimension, { largest_size: 10 }, [7, 10]],
    [imageScaleToTotalPixels, { megapixels: 0.01 }, [84, 125]], // int(10485.76) pixels
  ])('%# makes 30 × 20 %j', async (node, params, [height, width]) => {
    expect((await run(node, { image: wide }, params)).image.shape).toEqual([1, height, width, 1])
  })

  it('keeps squares square, and refuses a side of 0', async () => {
    const square = counted([1, 4, 4, 1])
    const { image: scaled } = await run(imageScaleToMaxDimension, { image: square }, { largest_size: 6 })
    expect(scaled.shape).toEqual([1, 6, 6, 1])
    await expect(run(imageScaleToMaxDimension, { image: square }, { largest_size: 0 })).rejects.toMatchObject(
      {
        code: 'VALUE_OUT_OF_RANGE',
      },
    )
  })

  it.each([
    [40, 40, 1024, 1024],
    [16, 9, 1392, 752],
    [1, 4, 672, 1568],
  ])('Kontext: %i × %i becomes %i × %i', async (width, height, ...wanted) => {
    const { image: scaled } = await run(fluxKontextImageScale, { image: counted([1, height, width, 1], 1e4) })
    expect(scaled.shape).toEqual([1, wanted[1], wanted[0], 1])
  })
})

describe('ImageStitch', () => {
  const one = tensor([1, 1, 1, 3], 0.25, 0.25, 0.25)
  const two = tensor([1, 1, 1, 3], 0.75, 0.75, 0.75)
  const reds = async (
    params: Readonly<Record<string, unknown>>,
    image2 = two,
  ): Promise<readonly number[]> => {
    const { image: stitched } = await run(imageStitch, { image1: one, image2 }, params)
    return [...stitched.data].filter((_, at) => at % (stitched.shape[3] ?? 1) === 0)
  }

  it('goes to every side', async () => {
    const params = { match_image_size: false }
    expect(await reds({ ...params, direction: 'right' })).toEqual([0.25, 0.75])
    expect(await reds({ ...params, direction: 'left' })).toEqual([0.75, 0.25])
    const { image: tall } = await run(
      imageStitch,
      { image1: one, image2: two },
      { ...params, direction: 'up' },
    )
    expect(tall).toEqual(tensor([1, 2, 1, 3], 0.75, 0.75, 0.75, 0.25, 0.25, 0.25))
  })

  it('puts an even gap of a colour between, and pads the smaller one in the middle', async () => {
    const params = { match_image_size: false, spacing_width: 1, spacing_color: 'red' }
    expect(await reds(params)).toEqual([0.25, 1, 1, 0.75])
    const tall = tensor([1, 3, 1, 4], ...Array.from({ length: 12 }, () => 0.5))
    expect(await reds({ match_image_size: false }, tall)).toEqual([1, 0.5, 0.25, 0.5, 1, 0.5])
    expect(await reds({ match_image_size: false, spacing_color: 'blue' }, tall)).toEqual([
      0, 0.5, 0.25, 0.5, 0, 0.5,
    ])
  })

  it('scales the second to the edge they share, and repeats the last picture of the shorter batch', async () => {
    const large = tensor([2, 2, 4, 3], ...Array.from({ length: 48 }, (_, n) => (n < 24 ? 0 : 1)))
    const { image: stitched } = await run(imageStitch, { image1: one, image2: large }, {})
    expect(stitched.shape).toEqual([2, 1, 3, 3])
    const red = [...stitched.data].filter((_, at) => at % 3 === 0)
    expect(red).toEqual([0.25, 0, 0, 0.25, 1, 1])
  })

  it('passes the first on alone', async () => {
    expect((await run(imageStitch, { image1: one, image2: undefined })).image).toBe(one)
  })
})
