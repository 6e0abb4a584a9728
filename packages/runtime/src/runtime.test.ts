import { describe, expect, it } from 'vitest'
import { createRuntime, type Runtime } from './runtime.ts'
import { createFakeSessions, type FakeSessions, graphOf } from './testing/fake-sessions.ts'

async function start(memoryBudgetBytes?: number): Promise<FakeSessions & { readonly runtime: Runtime }> {
  const fakes = createFakeSessions()
  const budget = memoryBudgetBytes === undefined ? {} : { memoryBudgetBytes }
  return { ...fakes, runtime: await createRuntime({ device: 'cpu', ...budget }, fakes.open) }
}

const keys = (runtime: Runtime): readonly string[] => runtime.loaded().map(({ key }) => key)

describe('loading', () => {
  it('opens a key once, also when asked for twice at the same time', async () => {
    const { runtime, log } = await start()
    await Promise.all([runtime.openGraph(graphOf('a')), runtime.openGraph(graphOf('a'))])
    await runtime.openGraph(graphOf('a'))
    expect(log).toEqual(['open a'])
  })

  it('opens different keys separately, and says what is loaded', async () => {
    const { runtime, log } = await start()
    await runtime.openGraph(graphOf('a', 3))
    await runtime.openGraph(graphOf('b', 5))
    expect(log).toEqual(['open a', 'open b'])
    expect(runtime.loaded()).toEqual([
      { key: 'a', weightBytes: 3 },
      { key: 'b', weightBytes: 5 },
    ])
  })

  it('does not remember a failure: everyone who waited is told, and the next one tries again', async () => {
    const { runtime, log, breakNext } = await start()
    breakNext('a')
    const both = await Promise.allSettled([runtime.openGraph(graphOf('a')), runtime.openGraph(graphOf('a'))])
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(keys(runtime)).toEqual([])
    await runtime.openGraph(graphOf('a'))
    expect(log).toEqual(['open a', 'open a'])
    expect(keys(runtime)).toEqual(['a'])
  })

  it('is not begun for someone who gave up', async () => {
    const { runtime, log } = await start()
    await expect(runtime.openGraph(graphOf('a'), AbortSignal.abort())).rejects.toThrow(/abort/i)
    expect(log).toEqual([])
  })
})

describe('under a memory budget', () => {
  it('unloads what was used longest ago, as much as is needed', async () => {
    const { runtime, log } = await start(10)
    const a = await runtime.openGraph(graphOf('a', 4))
    await runtime.openGraph(graphOf('b', 4))
    await a.run({})
    await runtime.openGraph(graphOf('c', 4))
    expect(log).toEqual(['open a', 'open b', 'run a', 'dispose b', 'open c'])
    expect(keys(runtime)).toEqual(['a', 'c'])
  })

  it('unloads before it opens, so that both are never there at once', async () => {
    const { runtime, log } = await start(10)
    await runtime.openGraph(graphOf('a', 10))
    await runtime.openGraph(graphOf('b', 10))
    expect(log).toEqual(['open a', 'dispose a', 'open b'])
  })

  it('unloads no more than is needed', async () => {
    const { runtime, log } = await start(100)
    await runtime.openGraph(graphOf('a', 60))
    await runtime.openGraph(graphOf('b', 30))
    await runtime.openGraph(graphOf('c', 40))
    expect(log).toEqual(['open a', 'open b', 'dispose a', 'open c'])
    expect(keys(runtime)).toEqual(['b', 'c'])
  })

  it('keeps everything that fits exactly', async () => {
    const { runtime, log } = await start(10)
    await runtime.openGraph(graphOf('a', 4))
    await runtime.openGraph(graphOf('b', 6))
    expect(log).toEqual(['open a', 'open b'])
  })

  it('opens a graph that is larger than the budget, alone', async () => {
    const { runtime } = await start(10)
    await runtime.openGraph(graphOf('a', 4))
    await runtime.openGraph(graphOf('b', 40))
    expect(keys(runtime)).toEqual(['b'])
  })

  it('never unloads what is running', async () => {
    const { runtime, log, hold } = await start(10)
    const a = await runtime.openGraph(graphOf('a', 6))
    const held = hold('a')
    const running = a.run({})
    await held.reached
    await runtime.openGraph(graphOf('b', 6))
    expect(log).toEqual(['open a', 'run a', 'open b'])
    held.letGo()
    await running
  })

  it('never unloads what is about to run', async () => {
    const { runtime } = await start(10)
    const a = await runtime.openGraph(graphOf('a', 6))
    const both = await Promise.allSettled([a.run({}), runtime.openGraph(graphOf('b', 6))])
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled'])
  })

  it('opens a graph again that was unloaded between two runs', async () => {
    const { runtime, log } = await start(10)
    const a = await runtime.openGraph(graphOf('a', 10))
    await runtime.openGraph(graphOf('b', 10))
    await a.run({})
    expect(log).toEqual(['open a', 'dispose a', 'open b', 'dispose b', 'open a', 'run a'])
  })
})

describe('unloading', () => {
  it('of everything lets go of it, and it opens again when asked for', async () => {
    const { runtime, log } = await start()
    await runtime.openGraph(graphOf('a'))
    await runtime.openGraph(graphOf('b'))
    await runtime.unloadAll()
    expect(keys(runtime)).toEqual([])
    await runtime.openGraph(graphOf('a'))
    expect(log).toEqual(['open a', 'open b', 'dispose a', 'dispose b', 'open a'])
  })

  it('for good makes later use an error with a code', async () => {
    const { runtime } = await start()
    const a = await runtime.openGraph(graphOf('a'))
    await runtime.dispose()
    await expect(a.run({})).rejects.toMatchObject({ code: 'RUNTIME_DISPOSED' })
    await expect(runtime.openGraph(graphOf('b'))).rejects.toMatchObject({ code: 'RUNTIME_DISPOSED' })
    await runtime.dispose()
  })

  it('for good waits for a run, which gets its answer', async () => {
    const { runtime, log, hold } = await start()
    const a = await runtime.openGraph(graphOf('a'))
    const held = hold('a')
    const running = a.run({})
    await held.reached
    const gone = runtime.dispose()
    held.letGo()
    await expect(running).resolves.toEqual({})
    await gone
    expect(log).toEqual(['open a', 'run a', 'dispose a'])
  })

  it('for good leaves a run that was asked for just before its answer', async () => {
    const { runtime } = await start()
    const a = await runtime.openGraph(graphOf('a'))
    const both = await Promise.allSettled([a.run({}), runtime.dispose()])
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled'])
  })

  it('for good succeeds while a load fails', async () => {
    const { runtime, hold, breakNext } = await start()
    const held = hold('a')
    breakNext('a')
    const loading = runtime.openGraph(graphOf('a'))
    const gone = runtime.dispose()
    held.letGo()
    await expect(loading).rejects.toThrow('a is broken')
    await expect(gone).resolves.toBeUndefined()
  })
})
