import { floatTensor } from '@dicache/tensor'
import { expect, it } from 'vitest'
import { refuseForeignPrompt } from './load-parts.ts'
import type { ModelValue } from './values.ts'

const model = {
  name: 'flux.safetensors',
  source: { path: '/m/flux.safetensors', found: { kind: 'flux', config: { contextIn: 8, vectorIn: 4 } } },
} as unknown as ModelValue
const prompt = (context: number, pooled: number) => ({
  context: floatTensor([1, 2, context]),
  pooled: floatTensor([1, pooled]),
})

it('takes prompts of the model’s own encoders only', () => {
  expect(() => refuseForeignPrompt(model, prompt(8, 4))).not.toThrow()
  expect(() => refuseForeignPrompt(model, { context: floatTensor([1, 2, 8]) })).not.toThrow()
  const mismatch = (words: RegExp): unknown =>
    expect.objectContaining({ code: 'MODEL_MISMATCH', message: expect.stringMatching(words) as string })
  expect(() => refuseForeignPrompt(model, prompt(6, 4))).toThrow(
    mismatch(/a T5 with a hidden size of 6.*takes 8/),
  )
  expect(() => refuseForeignPrompt(model, prompt(8, 5))).toThrow(
    mismatch(/a CLIP with a hidden size of 5.*takes 4/),
  )
})
