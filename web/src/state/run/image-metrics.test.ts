import { expect, it } from 'vitest'
import { difference, psnr, ssim } from './image-metrics.ts'
import type { Pixels } from './image-metrics.ts'

const picture = (shade: (at: number) => number): Pixels => ({
  width: 16,
  height: 16,
  data: Uint8ClampedArray.from({ length: 16 * 16 * 4 }, (_, at) => (at % 4 === 3 ? 255 : shade(at >> 2))),
})
const stripes = picture((at) => (at % 4) * 60)

it('finds equal pictures equal', () => {
  expect([psnr(stripes, stripes), ssim(stripes, stripes)]).toEqual([
    Number.POSITIVE_INFINITY,
    expect.closeTo(1, 9),
  ])
})

it('follows the formula of PSNR: a difference of 16 everywhere', () => {
  expect(
    psnr(
      picture(() => 100),
      picture(() => 116),
    ),
  ).toBeCloseTo(10 * Math.log10((255 * 255) / 256), 9)
})

it('gives a low SSIM to the negative, and the difference by its gain', () => {
  expect(
    ssim(
      stripes,
      picture((at) => 180 - (at % 4) * 60),
    ),
  ).toBeLessThan(0)
  expect(
    Array.from(
      difference(
        picture(() => 100),
        picture(() => 110),
        8,
      ).slice(0, 4),
    ),
  ).toEqual([80, 80, 80, 255])
})
