import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { comparePage } from './compare-page.ts'
import { type Comparison, compareVariants } from './compare-variants.ts'
import { elementsOf, pngSize } from './testing/read-page.ts'
import { sampleRuns } from './testing/sample-runs.ts'

const hostile = `</script><script>alert('1')</script><img src=x onerror="alert(2)">&\u0000`

const comparison: Comparison = compareVariants(
  sampleRuns({ name: 'uncached', series: 'no cache', label: 'uncached', settings: [] }),
  [
    sampleRuns({ error: 0.05, computed: 3, wallMs: [50, 50, 50] }),
    sampleRuns({ name: 'exact', label: 'exact' }),
    sampleRuns({
      name: hostile,
      series: hostile,
      label: hostile,
      settings: [hostile],
      error: 0.1,
      report: { ...Object(sampleRuns().report), why: hostile, model: hostile },
    }),
  ],
)

describe('comparePage', () => {
  let page = ''
  beforeAll(async () => {
    page = await comparePage(comparison, { title: hostile, facts: [['prompt', hostile]] })
  })

  it('is one well-formed document, the same twice', async () => {
    expect(
      elementsOf(page)
        .slice(0, 2)
        .map(({ name }) => name),
    ).toEqual(['html', 'head'])
    expect(await comparePage(comparison, { title: hostile, facts: [['prompt', hostile]] })).toBe(page)
  })

  it('keeps texts of documents text', () => {
    const elements = elementsOf(page)
    expect(elements.filter(({ name }) => name === 'script')).toHaveLength(2)
    expect(elements.flatMap(({ attributes }) => attributes).filter((name) => name.startsWith('on'))).toEqual(
      [],
    )
    expect(page.includes('\u0000')).toBe(false)
    expect(page.includes('&lt;img src=x onerror=&quot;alert(2)&quot;&gt;')).toBe(true)
  })

  it('names no other file and no address', () => {
    const markup = page.replaceAll(/<script[^>]*>[^]*?<\/script>/g, '').replaceAll(/data:image\/[^"]*/g, '')
    expect(/https?:|\/\/[a-z]|@import|url\(|<link|<iframe/i.exec(markup)?.[0]).toBeUndefined()
    const sources = [...page.matchAll(/ (?:src|href)="([^"]*)"/g)].map(([, value = '']) => value)
    expect(sources.length).toBeGreaterThan(6)
    for (const source of sources) expect(source).toMatch(/^(?:data:image\/|#variant-\d)/)
  })

  it('allows its own style and script, and nothing else', () => {
    const [, policy = ''] = /Content-Security-Policy" content="([^"]*)"/.exec(page) ?? []
    const hash = (tag: string): string => {
      const [, text = ''] = new RegExp(`<${tag}>([^]*?)</${tag}>`).exec(page) ?? []
      return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
    }
    expect(policy).toContain(
      `default-src 'none'; img-src data:; style-src ${hash('style')}; script-src ${hash('script')};`,
    )
    const attributes = elementsOf(page).flatMap((element) => element.attributes)
    expect(attributes.filter((name) => name === 'style' || name.startsWith('on'))).toEqual([])
  })

  it('holds the uncached picture once, and picture and difference of every setting', () => {
    const pictures = [...page.matchAll(/<img id="([\w-]+)"[^>]* width="16" height="16"[^>]* src="([^"]*)"/g)]
    expect(pictures.map(([, id]) => id)).toEqual([
      'uncached',
      'picture-0',
      'difference-0',
      'picture-1',
      'difference-1',
      'picture-2',
      'difference-2',
    ])
    for (const [, , uri = ''] of pictures) expect(pngSize(uri)).toEqual([16, 16])
  })

  it('shows the numbers of the comparison, and embeds the reports as they were', () => {
    const [first] = comparison.variants
    expect(first?.psnr).toBeCloseTo(-20 * Math.log10(0.05), 4)
    for (const cell of ['26.02 dB', '50 ms', '2.00×', '2.00', '1.11'])
      expect([cell, page.includes(`<td>${cell}</td>`)]).toEqual([cell, true])
    const [, text = ''] = /id="figures">([^]*?)<\/script>/.exec(page) ?? []
    const embedded = JSON.parse(text) as {
      readonly variants: readonly { readonly psnr: number | string; readonly report: unknown }[]
    }
    expect(embedded.variants.map(({ report }) => report)).toEqual(
      comparison.variants.map(({ runs }) => runs.report),
    )
    expect(embedded.variants.map(({ psnr }) => Number(psnr))).toEqual(
      comparison.variants.map(({ psnr }) => psnr),
    )
  })

  it('draws every chart wide and narrow', () => {
    const drawn = [...page.matchAll(/<svg class="(wide|narrow)"/g)].map(([, kind]) => kind)
    expect(drawn.filter((kind) => kind === 'wide')).toHaveLength(1 + 4 * comparison.variants.length)
    expect(drawn.filter((kind) => kind === 'narrow')).toHaveLength(1 + 4 * comparison.variants.length)
  })

  it('starts the slider with a picture that differs', () => {
    expect(/value="picture-0"[^>]* checked/.test(page)).toBe(true)
  })
})
