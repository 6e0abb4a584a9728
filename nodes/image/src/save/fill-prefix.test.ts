import { parseJson } from '@dicache/protocol'
import type { JsonObject } from '@dicache/sdk'
import { describe, expect, it } from 'vitest'
import { fillPrefix } from './fill-prefix.ts'

const prompt = parseJson(
  JSON.stringify({
    3: {
      class_type: 'KSampler',
      inputs: { seed: 'SEED', cfg: 'CFG', denoise: 0.5, add: true, model: ['4', 0], sampler: 'euler' },
      _meta: { title: 'Main' },
    },
    5: { class_type: 'KSampler', inputs: { seed: 5 }, _meta: { title: 'Second' } },
    6: { class_type: 'CLIPTextEncode', inputs: { text: 'a/b: "c"\n*?<>|\\' }, _meta: { title: 'Prompt' } },
    7: { class_type: 'KSampler', inputs: { seed: 7 }, _meta: { title: 'CLIPTextEncode' } },
  })
    .replace('"SEED"', '18446744073709551615')
    .replace('"CFG"', '1.0'),
  { keepFloats: true },
) as JsonObject

const document = {
  nodes: [{ id: 5, type: 'KSampler', properties: { 'Node name for S&R': 'refine' } }, null, 3],
}

const fill = (
  prefix: string,
  source: Parameters<typeof fillPrefix>[1]['source'] = { prompt, document },
): string =>
  fillPrefix(prefix, {
    widthPx: 640,
    heightPx: 48,
    batchIndex: 2,
    now: new Date(2026, 2, 4, 15, 6, 7),
    source,
  })

describe('fillPrefix', () => {
  it.each([
    ['%width%x%height%', '640x48'],
    ['%year%-%month%-%day% %hour%.%minute%.%second%', '2026-03-04 15.06.07'],
    ['a_%batch_num%', 'a_2'],
    ['100%_%width%', '100%_640'],
    ['v1.2%_%width%.x', 'v1.2%_640.x'],
    ['%date:yyyy-MM-dd%/%date:hhmmss%', '2026-03-04/150607'],
    ['%date:yy M d h m s%', '26 3 4 15 6 7'],
    ['%date:dd.MM.yyyy%', '04.03.2026'],
    ['%KSampler.seed%', '18446744073709551615'],
    ['%KSampler.cfg%_%KSampler.denoise%_%KSampler.add%', '1_0.5_true'],
    ['%Second.seed%', '5'],
    ['%refine.seed%', '5'],
    ['%Prompt.text%', 'a_b_ _c________'],
    ['%CLIPTextEncode.text%', 'a_b_ _c________'],
  ])('fills %s', (prefix, filled) => {
    expect(fill(prefix)).toBe(filled)
  })

  it.each([
    '',
    'ComfyUI',
    '50%',
    '%%',
    '%other%',
    '%constructor%',
    '%Nobody.seed%',
    '%KSampler.steps%',
    '%KSampler.constructor%',
    '%KSampler.model%', // linked: it has no value of its own
    '%a.b.c%',
  ])('leaves %j as it is', (prefix) => {
    expect(fill(prefix)).toBe(prefix)
  })

  it('finds nodes without a document, and survives odd ones', () => {
    expect(fill('%Main.sampler%', { prompt, document: undefined })).toBe('euler')
    expect(
      fill('%KSampler.seed%', { prompt: { 1: null, 2: [], 3: { class_type: 'KSampler' } }, document: [] }),
    ).toBe('%KSampler.seed%')
  })
})
