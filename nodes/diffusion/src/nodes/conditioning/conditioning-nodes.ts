/** Prompts from prompts, by ComfyUI's names. */
import { defineNode, HostError, type NodeDefinition, param, port } from '@dicache/sdk'
import type { ConditioningEntry, ConditioningValue } from '@dicache/sdk'
import { concat, type FloatTensor, floatTensor, lerp, sliceAlong } from '@dicache/tensor'
import { withArea, withTimestepRange } from '../../pipeline/conditioning-extra.ts'

const about = { version: 1, category: 'conditioning' } as const
const outputs = { conditioning: port.conditioning() } as const
const conditioning = port.conditioning({ description: 'A prompt.' })

export const conditioningCombine: NodeDefinition = defineNode({
  ...about,
  type: 'ConditioningCombine',
  title: 'Conditioning (Combine)',
  description: 'Both prompts: the model looks at each, and the mean of what it sees is used.',
  inputs: {
    conditioning_1: port.conditioning({ description: 'One prompt.' }),
    conditioning_2: port.conditioning({ description: 'Another one.' }),
  },
  outputs,
  run: ({ inputs }) => ({ conditioning: [...inputs.conditioning_1, ...inputs.conditioning_2] }),
})

export const conditioningAverage: NodeDefinition = defineNode({
  ...about,
  type: 'ConditioningAverage',
  title: 'ConditioningAverage',
  description: 'A prompt between two: their vectors are mixed.',
  inputs: {
    conditioning_to: port.conditioning({ description: 'The prompt at strength 1.' }),
    conditioning_from: port.conditioning({
      description: 'The prompt at strength 0; only its first one counts.',
    }),
  },
  params: {
    conditioning_to_strength: param.float({
      default: 1,
      min: 0,
      max: 1,
      step: 0.01,
      description: 'How much of the first.',
    }),
  },
  outputs,
  run({
    inputs: { conditioning_to: to, conditioning_from: from },
    params: { conditioning_to_strength: share },
  }) {
    const other = firstOf(from, 'conditioning_from')
    return { conditioning: to.map((entry) => mixed(entry, other, share)) }
  },
})

export const conditioningConcat: NodeDefinition = defineNode({
  ...about,
  type: 'ConditioningConcat',
  title: 'ConditioningConcat',
  description: 'Puts the tokens of the second prompt behind those of the first.',
  inputs: {
    conditioning_to: port.conditioning({ description: 'The prompt in front.' }),
    conditioning_from: port.conditioning({ description: 'The prompt behind; only its first one counts.' }),
  },
  outputs,
  run({ inputs: { conditioning_to: to, conditioning_from: from } }) {
    const { context } = firstOf(from, 'conditioning_from')
    return { conditioning: to.map((entry) => ({ ...entry, context: joined(entry.context, context) })) }
  },
})

export const conditioningZeroOut: NodeDefinition = defineNode({
  ...about,
  type: 'ConditioningZeroOut',
  title: 'ConditioningZeroOut',
  category: 'advanced/conditioning',
  description: 'A prompt of zeros, of the same size: for a negative prompt that says nothing.',
  inputs: { conditioning },
  outputs,
  run: ({ inputs }) => ({
    conditioning: inputs.conditioning.map((entry) => ({
      ...entry,
      context: floatTensor(entry.context.shape),
      ...(entry.pooled !== undefined && { pooled: floatTensor(entry.pooled.shape) }),
    })),
  }),
})

export const conditioningSetTimestepRange: NodeDefinition = defineNode({
  ...about,
  type: 'ConditioningSetTimestepRange',
  title: 'ConditioningSetTimestepRange',
  category: 'advanced/conditioning',
  description: 'A prompt for a part of the sampling. Combine several for one after the other.',
  inputs: { conditioning },
  params: {
    start: param.float({
      default: 0,
      min: 0,
      max: 1,
      step: 0.001,
      description: 'Share of the time at its start.',
    }),
    end: param.float({
      default: 1,
      min: 0,
      max: 1,
      step: 0.001,
      description: 'Share of the time at its end.',
    }),
  },
  outputs,
  run: ({ inputs, params }) => ({
    conditioning: inputs.conditioning.map((entry) => withTimestepRange(entry, params)),
  }),
})

const cells = (value: number, min: number, description: string) =>
  param.int({ default: value, min, max: 16384, step: 8, description })

export const conditioningSetArea: NodeDefinition = defineNode({
  ...about,
  type: 'ConditioningSetArea',
  title: 'Conditioning (Set Area)',
  description:
    'A prompt for a rectangle. The models here look at the whole picture: sampling it is an error that says so.',
  inputs: { conditioning },
  params: {
    width: cells(64, 64, 'Pixels.'),
    height: cells(64, 64, 'Pixels.'),
    x: cells(0, 0, 'Left edge, in pixels.'),
    y: cells(0, 0, 'Upper edge, in pixels.'),
    strength: param.float({
      default: 1,
      min: 0,
      max: 10,
      step: 0.01,
      description: 'Strength in the rectangle.',
    }),
  },
  outputs,
  run({ inputs, params: { width, height, x, y, strength } }) {
    const area = {
      widthCells: Math.floor(width / 8),
      heightCells: Math.floor(height / 8),
      x: Math.floor(x / 8),
      y: Math.floor(y / 8),
      strength,
    }
    return { conditioning: inputs.conditioning.map((entry) => withArea(entry, area)) }
  },
})

function firstOf(conditioning: ConditioningValue, name: string): ConditioningEntry {
  const [entry] = conditioning
  if (entry === undefined) throw new HostError('NODE_FAILED', `"${name}" is empty; connect a prompt`)
  return entry
}

function mixed(to: ConditioningEntry, from: ConditioningEntry, share: number): ConditioningEntry {
  const pooledTo = to.pooled ?? from.pooled
  const pooled =
    from.pooled === undefined || pooledTo === undefined ? pooledTo : lerpOf(from.pooled, pooledTo, share)
  return {
    ...to,
    context: lerpOf(withTokens(from.context, to.context.shape[1] ?? 0), to.context, share),
    ...(pooled !== undefined && { pooled }),
  }
}

function lerpOf(from: FloatTensor, to: FloatTensor, share: number): FloatTensor {
  sameWidth(from, to)
  return lerp(from, to, share)
}

/** `[B, L, C]` cut to a number of tokens, or filled up with zeros. */
function withTokens(context: FloatTensor, tokens: number): FloatTensor {
  const cut = sliceAlong(context, 1, 0, tokens)
  const missing = tokens - (cut.shape[1] ?? 0)
  return missing === 0 ? cut : concat([cut, floatTensor(cut.shape.with(1, missing))], 1)
}

function joined(front: FloatTensor, behind: FloatTensor): FloatTensor {
  sameWidth(front, behind)
  return concat([front, behind], 1)
}

function sameWidth(a: FloatTensor, b: FloatTensor): void {
  if (a.shape.at(-1) === b.shape.at(-1) && a.shape[0] === b.shape[0]) return
  throw new HostError(
    'WRONG_SHAPE',
    `prompts of [${a.shape.join(', ')}] and [${b.shape.join(', ')}] are of different text encoders; use the same CLIP for both`,
  )
}
