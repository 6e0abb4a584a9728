import type { RunEvent } from '@dicache/protocol'
import { describe, expect, it } from 'vitest'
import { createEventMapper, endMarker, statusMessage } from './event-messages.ts'

type Body = { readonly type: RunEvent['type'] } & Readonly<Record<string, unknown>>

/** Events with their stamps. */
function eventsOf(bodies: readonly Body[]): readonly RunEvent[] {
  return bodies.map(
    (body, index) =>
      ({
        seq: index + 1,
        runId: 'r',
        atMs: 1000 + index,
        ...(body.type.startsWith('node.') && {
          nodeId: '3',
          nodeType: 'KSampler',
          displayId: body['nodeId'] ?? '3',
        }),
        ...body,
      }) as unknown as RunEvent,
  )
}

function told(bodies: readonly Body[], without: readonly string[] = ['progress_state']): unknown[] {
  const mapper = createEventMapper('p')
  return eventsOf(bodies)
    .flatMap((event) => mapper.map(event).messages)
    .filter(({ type }) => !without.includes(type))
    .map(({ type, data }) => [type, data])
}

const started: Body = { type: 'run.started', nodes: ['1', '3', '9'], cached: ['1'], targets: ['9'] }

describe('createEventMapper', () => {
  it('keeps ComfyUI’s order and fields', () => {
    const ui = { images: [{ filename: 'a.png', subfolder: '', type: 'output' }] }
    expect(
      told([
        started,
        { type: 'node.cached', nodeId: '1' },
        { type: 'node.started' },
        { type: 'node.progressed', done: 1, total: 2 },
        { type: 'node.progressed', done: 2, total: 2 },
        { type: 'node.finished', durationMs: 1 },
        { type: 'node.started', nodeId: '9' },
        { type: 'node.finished', nodeId: '9', durationMs: 1, ui },
        { type: 'run.finished', durationMs: 3 },
      ]),
    ).toEqual([
      ['execution_start', { prompt_id: 'p', timestamp: 1000 }],
      ['execution_cached', { nodes: ['1'], prompt_id: 'p', timestamp: 1000 }],
      ['executing', { node: '3', display_node: '3', prompt_id: 'p' }],
      ['progress', { value: 1, max: 2, prompt_id: 'p', node: '3' }],
      ['progress', { value: 2, max: 2, prompt_id: 'p', node: '3' }],
      ['executing', { node: '9', display_node: '9', prompt_id: 'p' }],
      ['executed', { node: '9', display_node: '9', output: ui, prompt_id: 'p' }],
      ['execution_success', { prompt_id: 'p', timestamp: 1008 }],
    ])
  })

  it('tells cached outputs again', () => {
    expect(told([started, { type: 'node.cached', nodeId: '9', ui: { text: ['a'] } }]).at(-1)).toEqual([
      'executed',
      { node: '9', display_node: '9', output: { text: ['a'] }, prompt_id: 'p' },
    ])
  })

  it('tells the first failure, at the end of the run', () => {
    const error = { code: 'NODE_FAILED', message: 'no' }
    const failed: Body = {
      type: 'node.failed',
      durationMs: 1,
      error,
      errorType: 'RangeError',
      inputs: { a: [1] },
    }
    const all = told([
      started,
      { type: 'node.started' },
      failed,
      { ...failed, nodeId: '9', error: { ...error, message: 'second' } },
      { type: 'run.failed', durationMs: 2, error, failed: ['3', '9'] },
    ])
    expect(all.slice(3)).toEqual([
      [
        'execution_error',
        {
          prompt_id: 'p',
          node_id: '3',
          node_type: 'KSampler',
          executed: [],
          exception_message: 'no',
          exception_type: 'RangeError',
          traceback: [],
          current_inputs: { a: [1] },
          current_outputs: [],
          timestamp: 1004,
        },
      ],
    ])
  })

  it('tells of a worker that died, with the node it was at', () => {
    const error = { code: 'WORKER_DIED', message: 'gone' }
    expect(
      told([
        started,
        { type: 'node.started' },
        { type: 'run.failed', durationMs: 2, error, failed: ['3'] },
      ]).at(-1),
    ).toMatchObject(['execution_error', { node_id: '3', exception_message: 'gone', timestamp: 1002 }])
  })

  it('tells an interruption with the node it was at and what was done', () => {
    expect(
      told([
        started,
        { type: 'node.started' },
        { type: 'node.finished', durationMs: 1 },
        { type: 'node.started', nodeId: '9', nodeType: 'SaveImage' },
        { type: 'node.skipped', nodeId: '9', reason: 'cancelled' },
        { type: 'run.cancelled', durationMs: 2 },
      ]).at(-1),
    ).toEqual([
      'execution_interrupted',
      { prompt_id: 'p', node_id: '9', node_type: 'SaveImage', executed: ['3'], timestamp: 1005 },
    ])
  })

  it('tells a blocked output as ComfyUI does: an error without a time, and the run goes on', () => {
    const [, , blocked] = told([started, { type: 'node.blocked', message: 'off' }])
    expect(blocked).toMatchObject([
      'execution_error',
      { exception_type: 'ExecutionBlocked', exception_message: 'Execution Blocked: off' },
    ])
    expect(blocked).not.toHaveProperty('1.timestamp')
  })

  it('begins anew when the run does', () => {
    const again = told([
      started,
      { type: 'node.started' },
      { type: 'node.finished', durationMs: 1 },
      { type: 'run.requeued', reason: { code: 'WORKER_DIED', message: 'x' } },
      started,
      { type: 'run.cancelled', durationMs: 1 },
    ])
    expect(again.at(-1)).toMatchObject(['execution_interrupted', { node_id: null, executed: [] }])
  })

  it('shows inner nodes at the node that expanded, and leaves waiting nodes out', () => {
    const state = told(
      [
        started,
        { type: 'node.started', nodeId: '3.0.a', displayId: '3' },
        { type: 'node.progressed', nodeId: '3.0.a', displayId: '3', done: 1, total: 4 },
        {
          type: 'node.failed',
          nodeId: '3.0.a',
          displayId: '3',
          durationMs: 1,
          error: { code: 'NODE_FAILED', message: '' },
          errorType: 'E',
          inputs: {},
        },
      ],
      [],
    ).filter((entry) => Array.isArray(entry) && entry[0] === 'progress_state')
    const node = (value: number, max: number, at: string) => ({
      prompt_id: 'p',
      nodes: {
        '3.0.a': {
          value,
          max,
          state: at,
          node_id: '3.0.a',
          prompt_id: 'p',
          display_node_id: '3',
          parent_node_id: '3',
          real_node_id: '3.0.a',
        },
      },
    })
    expect(state).toEqual([
      ['progress_state', node(0, 1, 'running')],
      ['progress_state', node(1, 4, 'running')],
      ['progress_state', node(1, 4, 'error')],
    ])
  })

  it('stays small in a run of many nodes', () => {
    const mapper = createEventMapper('p')
    const bodies = Array.from({ length: 2000 }, (_, n): Body[] => [
      { type: 'node.started', nodeId: `n${n}`, displayId: `n${n}` },
      { type: 'node.finished', nodeId: `n${n}`, displayId: `n${n}`, durationMs: 1 },
    ]).flat()
    const sizes = eventsOf(bodies).map((event) => JSON.stringify(mapper.map(event).messages).length)
    expect(Math.max(...sizes)).toBeLessThan(20_000)
  })
})

it('has the key `node` in the end marker, and the id in the greeting', () => {
  expect(JSON.stringify(endMarker('p'))).toBe('{"type":"executing","data":{"node":null,"prompt_id":"p"}}')
  expect(statusMessage(2, 'me')).toEqual({
    type: 'status',
    data: { status: { exec_info: { queue_remaining: 2 } }, sid: 'me' },
  })
  expect(statusMessage(2).data).not.toHaveProperty('sid')
})
