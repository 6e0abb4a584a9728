/** Saving by itself: when, what it replaces, and that nothing is lost when it does not work. */
import { parseJson } from '@dicache/protocol'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Refusal } from '../server/http.ts'
import type { Replaces, Written } from '../server/workflows.ts'
import { INITIAL_STATE, isDirty, newTab } from '../state/app/app-state.ts'
import type { Tab } from '../state/app/app-state.ts'
import { EMPTY_DOC, EMPTY_GRAPH } from '../state/document/document.ts'
import type { Doc } from '../state/document/document.ts'
import { openJson } from '../state/document/open-document.ts'
import { startAutosave } from './autosave.ts'
import { createSaver } from './saver.ts'
import { createStore } from './store.ts'

/** A server of one file: writes name what they replace, and may fail or wait. */
function createServer() {
  const state = { text: '{"nodes":[]}', etag: 1, away: false, writes: 0, gate: Promise.resolve() }
  return {
    state,
    write: async (_path: string, text: string, { replaces }: { replaces: Replaces }): Promise<Written> => {
      await state.gate
      if (state.away) throw new Refusal(0, 'The server cannot be reached.')
      if (typeof replaces === 'object' && replaces.etag !== String(state.etag)) return { outcome: 'changed' }
      if (replaces === 'nothing') return { outcome: 'taken' }
      state.text = text
      state.writes += 1
      return { outcome: 'saved', etag: String(++state.etag) }
    },
  }
}

const docOf = (id: number): Doc => {
  const opened = openJson(parseJson(`{"nodes":[{"id":${id},"type":"A"}]}`))
  return opened.ok ? opened.doc : { ...EMPTY_DOC, root: EMPTY_GRAPH }
}

type Saved = Parameters<typeof newTab>[3]

function setUp({ saved }: { saved: Saved } = { saved: { path: 'a.json', etag: '1' } }) {
  const server = createServer()
  const tab = newTab('t', 'a', EMPTY_DOC, saved)
  const store = createStore({ ...INITIAL_STATE, link: 'online', tabs: [tab], active: 't' })
  const save = createSaver(store, server.write)
  const conflicts: string[] = []
  const faults: unknown[] = []
  startAutosave({
    store,
    save,
    onConflict: ({ name }) => conflicts.push(name),
    onFault: (_tab, error) => faults.push(error),
  })
  const now = (): Tab => {
    const [first] = store.state().tabs
    if (first === undefined) throw new Error('the tab is gone')
    return first
  }
  let next = 1
  const edit = (): void => {
    const doc = docOf(next++)
    store.dispatch({ type: 'doc.edited', edit: () => doc })
  }
  return { server, store, save, conflicts, faults, now, edit }
}

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())
const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms)

describe('a changed document is saved', () => {
  it('five seconds after the last change, once', async () => {
    const { server, edit, now } = setUp()
    edit()
    await pass(4000)
    edit()
    await pass(4900)
    expect([server.state.writes, isDirty(now())]).toEqual([0, true])
    await pass(200)
    expect([server.state.writes, isDirty(now()), now().etag, now().sync]).toEqual([1, false, '2', 'idle'])
    expect(server.state.text).toContain('"id": 2')
    await pass(600_000)
    expect(server.state.writes).toBe(1)
  })

  it('a minute after the first change when changes do not end', async () => {
    const { server, edit } = setUp()
    for (let second = 0; second < 59; second += 3) {
      edit()
      await pass(3000)
    }
    expect(server.state.writes).toBe(1)
  })

  it('again when it was changed while it was saved', async () => {
    const { server, edit, now } = setUp()
    let open = (): void => undefined
    server.state.gate = new Promise((resolve) => (open = resolve))
    edit()
    await pass(5000)
    expect(now().sync).toBe('saving')
    edit()
    open()
    await pass(0)
    expect([server.state.writes, isDirty(now())]).toEqual([1, true])
    await pass(5000)
    expect([server.state.writes, isDirty(now())]).toEqual([2, false])
    expect(server.state.text).toContain('"id": 2')
  })
})

describe('a document is left alone', () => {
  it('without a name on the server, and one whose saved text is not known', async () => {
    for (const saved of [undefined, { path: 'a.json', etag: undefined }]) {
      const { server, edit } = setUp({ saved })
      edit()
      await pass(120_000)
      expect(server.state.writes).toBe(0)
    }
  })

  it('while autosave is off, and is saved when it is on again', async () => {
    const { server, store, edit } = setUp()
    edit()
    await pass(1000)
    store.dispatch({ type: 'autosave', on: false })
    await pass(120_000)
    expect(server.state.writes).toBe(0)
    store.dispatch({ type: 'autosave', on: true })
    await pass(5000)
    expect(server.state.writes).toBe(1)
  })

  it('when undo brought back what is saved, and when it was closed', async () => {
    const { server, store, edit } = setUp()
    edit()
    store.dispatch({ type: 'doc.undone' })
    await pass(120_000)
    edit()
    store.dispatch({ type: 'tab.closed', id: 't' })
    await pass(120_000)
    expect(server.state.writes).toBe(0)
  })
})

describe('when somebody else has saved it', () => {
  it('the loser is told once, loses nothing, and may decide', async () => {
    const { server, store, save, conflicts, now, edit } = setUp()
    server.state.etag = 7
    edit()
    await pass(5000)
    edit()
    await pass(300_000)
    expect([conflicts, server.state.writes, now().sync, isDirty(now())]).toEqual([['a'], 0, 'conflict', true])
    expect(await save('t', { path: 'a.json', kind: 'saved' })).toBe('changed')
    expect(await save('t', { path: 'a.json', kind: 'saved', overwrite: true })).toBe('saved')
    expect([now().sync, now().etag, isDirty(now())]).toEqual(['idle', '8', false])
    store.dispatch({ type: 'tab.reloaded', id: 't', etag: '9', doc: docOf(99) })
    expect([now().etag, isDirty(now())]).toEqual(['9', false])
    store.dispatch({ type: 'doc.undone' })
    expect([...now().doc.root.nodes.keys()]).toEqual(['2'])
    server.state.etag = 9
    await pass(5000)
    expect(server.state.text).toContain('"id": 2')
  })

  it('its own saves are no conflict, however they follow on each other', async () => {
    const { server, save, edit, now, conflicts } = setUp()
    const outcomes: Promise<string>[] = []
    for (let round = 0; round < 5; round++) {
      edit()
      outcomes.push(save('t', { path: 'a.json', kind: round % 2 === 0 ? 'saved' : 'autosave' }))
    }
    expect(await Promise.all(outcomes)).toEqual(['saved', 'saved', 'saved', 'saved', 'saved'])
    await pass(60_000)
    expect([conflicts, isDirty(now()), server.state.text.includes('"id": 5')]).toEqual([[], false, true])
  })
})

describe('while the server is away', () => {
  it('a document is tried less and less often, and at once when it is back', async () => {
    const { server, store, edit, now, faults } = setUp()
    server.state.away = true
    edit()
    await pass(5000)
    expect([now().sync, faults.length]).toEqual(['waiting', 1])
    store.dispatch({ type: 'link.changed', link: 'offline' })
    await pass(600_000)
    expect(faults.length).toBeGreaterThan(8)
    expect(faults.length).toBeLessThan(16)
    server.state.away = false
    store.dispatch({ type: 'link.changed', link: 'online' })
    await pass(0)
    expect([server.state.writes, now().sync, isDirty(now())]).toEqual([1, 'idle', false])
  })

  it('a wish to save fails with a sentence, and the document waits', async () => {
    const { server, save, edit, now } = setUp()
    server.state.away = true
    edit()
    await expect(save('t', { path: 'a.json', kind: 'saved' })).rejects.toThrow('cannot be reached')
    expect([now().sync, isDirty(now())]).toEqual(['waiting', true])
  })
})
