import { parseJson } from '@dicache/protocol'
import type { QueueSnapshot, RunEvent, RunSummary } from '@dicache/protocol'
import { describe, expect, it } from 'vitest'
import { withGraph } from '../document/document.ts'
import { openJson } from '../document/open-document.ts'
import { moveNodes } from '../edit/edit-nodes.ts'
import { cacheView } from '../run/cache-view.ts'
import { applyEvent, newRun } from '../run/run-view.ts'
import type { Action } from './actions.ts'
import { INITIAL_STATE, isDirty, newTab } from './app-state.ts'
import type { AppState } from './app-state.ts'
import { reduce } from './reduce.ts'

function start(): AppState {
  const opened = openJson(parseJson('{"nodes":[{"id":1,"type":"A"},{"id":2,"type":"B"}]}'))
  if (!opened.ok) throw new Error(opened.message)
  return reduce(INITIAL_STATE, { type: 'tab.opened', tab: newTab('t', 'T', opened.doc) })
}
const move = (x: number, merge?: string): Action => ({
  type: 'doc.edited',
  edit: (doc) => withGraph(doc, undefined, moveNodes(doc.root, new Map([['1', [x, 0]]]))),
  ...(merge !== undefined && { merge }),
})
const x = (state: AppState): number | undefined => state.tabs[0]?.doc.root.nodes.get('1')?.pos[0]
const run = (state: AppState, ...actions: readonly Action[]): AppState => actions.reduce(reduce, state)

describe('undo', () => {
  it('goes back and forth over every edit, and an edit after an undo drops what was ahead', () => {
    const moved = run(start(), move(10), move(20))
    expect(x(run(moved, { type: 'doc.undone' }))).toBe(10)
    expect(x(run(moved, { type: 'doc.undone' }, { type: 'doc.undone' }, { type: 'doc.undone' }))).toBe(0)
    expect(x(run(moved, { type: 'doc.undone' }, { type: 'doc.redone' }))).toBe(20)
    expect(x(run(moved, { type: 'doc.undone' }, move(5), { type: 'doc.redone' }))).toBe(5)
  })

  it('takes a gesture as one step, and one that ends where it began as none', () => {
    expect(x(run(start(), move(10, 'g'), move(20, 'g'), { type: 'doc.undone' }))).toBe(0)
    expect(run(start(), move(0)).tabs[0]?.past).toEqual([])
  })

  it('keeps a bounded number of steps', () => {
    const many = Array.from({ length: 500 }, (_, n) => move(n + 1))
    expect(run(start(), ...many).tabs[0]?.past.length).toBe(200)
  })

  it('knows what is not saved', () => {
    const edited = run(start(), move(10))
    const doc = edited.tabs[0]?.doc
    if (doc === undefined) throw new Error('no tab')
    const saved = run(edited, { type: 'tab.saved', id: 't', etag: '"1"', path: 'a.json', doc })
    expect([start(), edited, saved, run(saved, move(11))].map((state) => state.tabs.map(isDirty)[0])).toEqual(
      [false, true, false, true],
    )
  })
})

const base = { runId: 'r', atMs: 0 }
const node = { ...base, nodeId: '2:5', nodeType: 'A', displayId: '2:5' }
const events: readonly RunEvent[] = [
  { ...base, seq: 1, type: 'run.started', nodes: ['1', '2'], cached: ['1'], targets: ['2'] },
  { ...node, seq: 2, type: 'node.started' },
  { ...node, seq: 3, type: 'node.progressed', done: 3, total: 4 },
  {
    ...node,
    seq: 4,
    type: 'node.reported',
    name: 'step-cache',
    data: { step: 0, branch: 'cond', decision: 'forced', reason: 'warm-up', ms: 20 },
  },
  {
    ...node,
    seq: 5,
    type: 'node.reported',
    name: 'step-cache',
    data: { step: 1, branch: 'cond', decision: 'dcta', reason: 'below', ms: 5, gamma: 1.2 },
  },
  {
    ...node,
    seq: 6,
    type: 'node.finished',
    durationMs: 7,
    ui: { images: [{ filename: 'a.png', subfolder: '', type: 'output' }, { filename: 1 }] },
  },
  { ...base, seq: 7, type: 'run.finished', durationMs: 9 },
]

describe('runs', () => {
  it('look the same live, and replayed with overlaps after a reconnection', () => {
    const live = events.reduce(applyEvent, newRun('r'))
    const again = [...events.slice(0, 4), ...events.slice(2), ...events].reduce(applyEvent, newRun('r'))
    expect(again).toEqual(live)
    expect(live.nodes.get('2')).toMatchObject({
      status: 'done',
      durationMs: 7,
      files: [{ filename: 'a.png' }],
    })
    expect(live.nodes.get('1')?.status).toBe('cached')
  })

  it('show what the cache did before the report is there', () => {
    const view = cacheView(events.reduce(applyEvent, newRun('r')), '2')
    expect(view).toMatchObject({ computed: 1, reused: 1, stepRatio: 2, live: true })
    expect(view?.measuredSpeedup).toBeCloseTo(40 / 25)
  })

  it('begin anew when the server had to', () => {
    const again = applyEvent(events.slice(0, 5).reduce(applyEvent, newRun('r')), {
      ...base,
      seq: 6,
      type: 'run.requeued',
      reason: { code: 'WORKER_DIED', message: 'died' },
    })
    expect([again.status, again.nodes.size, again.steps.size, again.lastSeq]).toEqual(['queued', 0, 0, 6])
  })
})

describe('the queue', () => {
  const item = (runId: string, status: RunSummary['status'], number: number): RunSummary => ({
    runId,
    status,
    number,
    createdAtMs: 0,
    attempts: 0,
    lastSeq: 0,
    files: [],
  })
  const queue: QueueSnapshot = {
    revision: 5,
    paused: false,
    remaining: 1,
    running: [],
    pending: [item('a', 'pending', 2)],
  }
  const change = (revision: number) =>
    ({
      type: 'queue.changed',
      change: {
        revision,
        paused: false,
        remaining: 1,
        changed: [item('b', 'pending', 1), { ...item('a', 'finished', 2), endedAtMs: 4 }],
        removed: [],
      },
    }) as const

  it('sorts changes in, and ended runs into the history', () => {
    const state = run(start(), { type: 'queue.snapshot', queue }, change(6))
    expect(state.queue?.pending.map(({ runId }) => runId)).toEqual(['b'])
    expect(state.history.map(({ runId }) => runId)).toEqual(['a'])
  })

  it('asks for a snapshot when a change was missed, and ignores what is old', () => {
    expect(run(start(), { type: 'queue.snapshot', queue }, change(8)).queue).toBeUndefined()
    expect(run(start(), { type: 'queue.snapshot', queue }, change(5)).queue).toBe(queue)
  })
})
