import { expect, test } from 'vitest'
import { readFixture } from '../testing/read-fixture.ts'
import { checkImage, coversImage } from './image.ts'

test('bytes are truncated, rounded and loaded as the savers do it', async () => {
  const checks = await Array.fromAsync(checkImage(await readFixture('image-uint8')))
  expect(checks.filter((check) => !check.ok)).toEqual([])
  expect(checks.map((check) => check.name)).toEqual(['loaded', 'rounded', 'truncated'])
})

test('PSNR, SSIM and means of six pairs are the references’', async () => {
  const checks = await Array.fromAsync(checkImage(await readFixture('image-metrics')))
  expect(checks.filter((check) => !check.ok)).toEqual([])
  expect(checks).toHaveLength(6 * 4)
})

test('covers arithmetic, not files', async () => {
  expect(coversImage((await readFixture('image-uint8')).json)).toBe(true)
  expect(coversImage({ kind: 'image', files: { 'rgb.png': { mode: 'RGB' } } })).toBe(false)
})

test('a tensor and a measure that are not known fail', async () => {
  const c = await readFixture('image-metrics')
  const strange = {
    ...c,
    json: { expected: { equal: { lpips: 0 } } },
    tensorNames: ['a', 'b/equal', 'rgb/image'],
  }
  const checks = await Array.fromAsync(checkImage(strange))
  expect(checks.map(({ name, ok }) => [name, ok])).toEqual([
    ['rgb/image', false],
    ['equal/lpips', false],
  ])
})
