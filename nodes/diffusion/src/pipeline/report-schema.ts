/** The REPORT of a sampling run as JSON Schema (draft 2020-12), for programs that read saved reports. */
import type { JsonObject } from '@dicache/sdk'

const numberOrNull: JsonObject = { type: ['number', 'null'] }
const count: JsonObject = { type: 'integer', minimum: 0 }

const entry: JsonObject = {
  type: 'object',
  description: 'One evaluation of one conditioning branch.',
  required: [
    'step',
    'order',
    'branch',
    'sigma',
    'decision',
    'reason',
    'deltaX',
    'deltaY',
    'accumulator',
    'gammaRaw',
    'gamma',
    'ms',
    'extra',
  ],
  properties: {
    step: { ...count, description: 'Step of the sampler, from 0.' },
    order: { ...count, description: '0 for the evaluation a step starts with, higher inside the same step.' },
    branch: { type: 'string' },
    sigma: numberOrNull,
    decision: {
      enum: ['forced', 'refreshed', 'zero-order', 'dcta', 'forecast'],
      description: 'forced and refreshed were computed, the others reused; in shadow mode, would have been.',
    },
    reason: { type: 'string' },
    deltaX: numberOrNull,
    deltaY: numberOrNull,
    accumulator: {
      ...numberOrNull,
      description: 'What was tested against the threshold; null without a gate.',
    },
    gammaRaw: { type: ['number', 'string', 'null'], description: 'NaN and infinities are strings.' },
    gamma: { ...numberOrNull, description: 'Clipped; null for zero order.' },
    ms: { ...numberOrNull, description: 'The branch’s share of its calls, milliseconds.' },
    extra: {
      type: 'object',
      description: 'Numbers that only the policy, or a shadow run, has.',
      additionalProperties: numberOrNull,
    },
  },
}

const totals: JsonObject = {
  type: 'object',
  required: [
    'evaluations',
    'computed',
    'reused',
    'wouldReuse',
    'stepRatio',
    'wallMs',
    'bytesMoved',
    'cacheBytes',
  ],
  properties: {
    evaluations: count,
    computed: count,
    reused: count,
    wouldReuse: { ...count, description: 'Reused, or in shadow mode what would have been.' },
    stepRatio: numberOrNull,
    msPerFullStep: numberOrNull,
    msPerReusedStep: numberOrNull,
    msPerProbe: numberOrNull,
    msPerReuse: numberOrNull,
    estimatedSpeedup: numberOrNull,
    flopIdealSpeedup: numberOrNull,
    efficiency: numberOrNull,
    probeShare: numberOrNull,
    gammaClippedShare: numberOrNull,
    wallMs: numberOrNull,
    bytesMoved: count,
    cacheBytes: count,
  },
}

/** Version 1. Later versions add; what is here keeps its meaning. */
export const samplingReportSchema: JsonObject = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'DiCache sampling report',
  type: 'object',
  required: [
    'version',
    'model',
    'policy',
    'mode',
    'probeDepth',
    'sampler',
    'scheduler',
    'steps',
    'cfg',
    'branches',
    'totals',
    'why',
    'entries',
  ],
  properties: {
    version: { const: 1 },
    model: { type: 'string' },
    policy: { type: 'object', required: ['kind'], properties: { kind: { type: 'string' } } },
    mode: { enum: ['on', 'off', 'shadow'] },
    probeDepth: count,
    sampler: { type: 'string' },
    scheduler: { type: 'string' },
    steps: count,
    cfg: { type: 'number' },
    branches: { type: 'array', items: { type: 'string' } },
    totals,
    calibration: {
      type: 'object',
      required: ['ratios'],
      properties: { ratios: { type: 'array', items: numberOrNull } },
    },
    why: { type: 'string' },
    entries: { type: 'array', items: entry },
  },
}
