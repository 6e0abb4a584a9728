import { expect, it } from 'vitest'
import { RunEvent } from './index.ts'

const base = { seq: 1, runId: 'r', atMs: 0 }
const node = { ...base, nodeId: '1', nodeType: 'A', displayId: '1' }

it('reads every kind of event and refuses what is none', () => {
  const events: RunEvent[] = [
    { ...base, type: 'run.started', nodes: ['1'], cached: [], targets: ['1'] },
    { ...node, type: 'node.cached', ui: { images: [] } },
    { ...node, type: 'node.started' },
    { ...node, type: 'node.progressed', done: 1, total: 2, detail: 'step' },
    {
      ...node,
      type: 'node.previewed',
      image: { mimeType: 'image/png', widthPx: 1, heightPx: 1, base64: '' },
    },
    { ...node, type: 'node.reported', name: 'step', data: { reused: true } },
    { ...node, type: 'node.logged', level: 'info', message: 'm' },
    { ...node, type: 'node.expanded', nodes: ['1.0.a'] },
    { ...node, type: 'node.blocked', message: 'off' },
    { ...node, type: 'node.finished', durationMs: 1 },
    {
      ...node,
      type: 'node.failed',
      durationMs: 1,
      error: { code: 'NODE_FAILED', message: 'm' },
      errorType: 'Error',
      inputs: {},
    },
    { ...node, type: 'node.skipped', reason: 'upstream-failed', cause: '2' },
    { ...base, type: 'run.finished', durationMs: 1 },
    {
      ...base,
      type: 'run.failed',
      durationMs: 1,
      error: { code: 'NODE_FAILED', message: 'm' },
      failed: ['1'],
    },
    { ...base, type: 'run.cancelled', durationMs: 1 },
  ]
  for (const event of events) {
    expect(RunEvent.parse(JSON.parse(JSON.stringify(event)))).toEqual({ ok: true, value: event })
    expect(RunEvent.is({ ...event, seq: 0 })).toBe(false)
    expect(RunEvent.is({ ...event, type: 'run.exploded' })).toBe(false)
  }
  expect(RunEvent.is({ ...node, type: 'node.finished' })).toBe(false)
  expect(RunEvent.is({ ...base, type: 'node.started' })).toBe(false)
})
