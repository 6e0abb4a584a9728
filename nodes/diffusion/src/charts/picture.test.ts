import { floatTensor } from '@dicache/tensor'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { outlineText } from './outline-text.ts'
import { chartPicture, imagePng } from './picture.ts'
import { readReport } from './read-report.ts'
import { reportChart } from './report-charts.ts'
import { sampleReport } from './testing/sample-report.ts'

const text = (content: string, attributes = ''): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="40" viewBox="0 0 200 40"><rect width="200" height="40" fill="#fff"/><text transform="translate(100,25)" font-size="16px" fill="#000"${attributes}>${content}</text></svg>`

/** Columns of a 1 × picture of 200 × 40 that hold ink: first and last. */
async function inkOf(svg: string): Promise<readonly [number, number]> {
  const { image } = await chartPicture(svg, 1)
  const columns = Array.from({ length: 200 }, (_, x) =>
    Array.from({ length: 40 }, (__, y) => image.data[(y * 200 + x) * 3] ?? 1).some((value) => value < 0.5),
  )
  return [columns.indexOf(true), columns.lastIndexOf(true)]
}

describe('text of pictures', () => {
  it('is drawn as outlines, so that no installed font is needed', async () => {
    const svg = await reportChart(readReport(sampleReport()), 'all')
    const outlined = await outlineText(svg)
    expect(svg).toContain('<text')
    expect(outlined).not.toContain('<text')
    expect(outlined.match(/<path transform="translate\([^"]*scale/g)?.length).toBe(
      svg.match(/<text/g)?.length,
    )
  })

  it('stands where its anchor says', async () => {
    const start = await inkOf(text('HHHH'))
    const middle = await inkOf(text('HHHH', ' text-anchor="middle"'))
    const end = await inkOf(text('HHHH', ' text-anchor="end"'))
    expect(start[0]).toBeGreaterThanOrEqual(100)
    expect(end[1]).toBeLessThanOrEqual(100)
    expect(Math.abs((middle[0] + middle[1]) / 2 - 100)).toBeLessThanOrEqual(1)
  })

  it('has Greek letters and signs of its own, wider letters in bold', async () => {
    expect(await outlineText(text('γ'))).not.toBe(await outlineText(text('δ')))
    const [thin, bold] = [await inkOf(text('mmmm')), await inkOf(text('mmmm', ' font-weight="600"'))]
    expect(bold[1]).toBeGreaterThan(thin[1])
  })

  it('reads escaped characters as what they are', async () => {
    expect(await outlineText(text('&amp;&lt;'))).not.toBe(await outlineText(text('amp;lt;')))
  })
})

describe('pictures', () => {
  it('gives the same pixels as image and as PNG', async () => {
    const svg = await reportChart(readReport(sampleReport()), 'timeline', { widthPx: 400, theme: 'dark' })
    const { png, image } = await chartPicture(svg)
    const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true })
    expect([1, info.height, info.width, info.channels]).toEqual([...image.shape])
    expect(info.width).toBe(800)
    expect(data.every((byte, index) => byte === Math.round((image.data[index] ?? -1) * 255))).toBe(true)
  })

  it('writes the first picture of a batch', async () => {
    const batch = floatTensor([2, 1, 1, 3], Float32Array.of(1, 0.5, 0, 0, 0, 0))
    const pixels = await sharp(await imagePng(batch))
      .raw()
      .toBuffer()
    expect([...pixels]).toEqual([255, 127, 0])
    await expect(imagePng(floatTensor([1, 1, 1, 2]))).rejects.toThrow('2 channels')
  })
})
