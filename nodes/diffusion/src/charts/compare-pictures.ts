/** Two batches of pictures beside each other: how far apart they are, and where. */
import {
  concat,
  batchView,
  type FloatTensor,
  floatTensor,
  meanSquaredError,
  psnr,
  ssim,
  subtract,
} from '@dicache/tensor'

export type PictureComparison = {
  /** Peak signal-to-noise ratio over all pictures, dB; infinite for equal ones. */
  readonly psnr: number
  /** Mean structural similarity, 1 for equal ones. */
  readonly ssim: number
  readonly meanSquaredError: number
  /** The largest difference of any channel, 0..1. */
  readonly largestDifference: number
  readonly perPicture: readonly { readonly psnr: number; readonly ssim: number }[]
}

/**
 * Compares pictures with a reference, both float32 [B, H, W, C], 0..1.
 * @throws RangeError when their shapes differ, or a side is shorter than the 11 pixels of SSIM's window.
 */
export function comparePictures(reference: FloatTensor, pictures: FloatTensor): PictureComparison {
  if (reference.shape.join() !== pictures.shape.join()) {
    throw new RangeError(
      `pictures of [${reference.shape.join(', ')}] and [${pictures.shape.join(', ')}] cannot be compared: make number, size and channels equal`,
    )
  }
  const perPicture = Array.from({ length: reference.shape[0] ?? 0 }, (_, index) => {
    const [a, b] = [batchView(reference, index), batchView(pictures, index)]
    return { psnr: psnr(a, b), ssim: ssim(a, b) }
  })
  return {
    psnr: psnr(reference, pictures),
    ssim: ssim(reference, pictures),
    meanSquaredError: meanSquaredError(reference, pictures),
    largestDifference: subtract(reference, pictures).data.reduce(
      (most, value) => Math.max(most, Math.abs(value)),
      0,
    ),
    perPicture,
  }
}

/** |reference − pictures| · gain, clipped to 1, of the same shape: black where they are equal. A fourth channel stays opaque. */
export function differencePicture(reference: FloatTensor, pictures: FloatTensor, gain: number): FloatTensor {
  const difference = subtract(reference, pictures)
  const channels = difference.shape.at(-1)
  return floatTensor(
    difference.shape,
    difference.data.map((value, index) =>
      channels === 4 && index % 4 === 3 ? 1 : Math.min(1, Math.abs(value) * gain),
    ),
  )
}

/** Pictures of one height beside each other, from left to right: [B, H, W₁ + W₂ + …, C]. */
export function sideBySide(pictures: readonly FloatTensor[]): FloatTensor {
  return concat(pictures, 2)
}

/**
 * A power of two that makes differences visible: as large as it can be with 99.5 % of all values unclipped, at most 256.
 * @param differences |a − b| of every pair that will be shown with this gain
 */
export function commonGain(differences: readonly FloatTensor[]): number {
  const bounds = differences.map(({ data }) => data.toSorted().at(Math.floor(0.995 * (data.length - 1))) ?? 0)
  const bound = Math.max(0, ...bounds)
  return bound === 0 ? 1 : 2 ** Math.max(0, Math.min(8, Math.floor(Math.log2(1 / bound))))
}
