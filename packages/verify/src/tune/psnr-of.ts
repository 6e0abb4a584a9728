/** PSNR of pictures, for rooms that know no tensors. */
import { type FloatTensor, psnr } from '@dicache/tensor'

/** dB of a against b, both 0..1; infinite when they are equal. */
export function psnrOf(a: FloatTensor, b: FloatTensor): number {
  return psnr(a, b, 1)
}
