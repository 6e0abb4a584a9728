import { describe, expect, it } from 'vitest'
import { testHost } from '@dicache/sdk/testing'
import { createMemoryCache } from '../index.ts'
import type { UsedModel } from '../index.ts'
import { createBench } from '../testing/api-graph.ts'
import type { ShortNodes } from '../testing/api-graph.ts'

/** A bench whose host has every file, each as large as `sizes` says now. */
function modelBench() {
  const sizes = new Map<string, number>()
  const host = testHost()
  const bench = createBench({
    cache: createMemoryCache(),
    watchHost: (note) => ({
      ...host,
      models: {
        ...host.models,
        resolve: async (folder, name) => {
          const path = `/${folder}/${name}`
          note({ folder, name, path, sizeBytes: sizes.get(name) ?? 1, modifiedMs: 0 })
          return path
        },
      },
    }),
  })
  return {
    ...bench,
    sizes,
    /** Runs, and gives the files that were told: `name size`. */
    models: async (nodes: ShortNodes, targets?: readonly string[]): Promise<readonly string[]> => {
      const told: UsedModel[] = []
      await bench.run(nodes, { onModel: (model) => void told.push(model), ...(targets && { targets }) })
      return told.map(({ name, sizeBytes }) => `${name} ${sizeBytes}`).toSorted()
    },
  }
}

const CHAIN: ShortNodes = {
  1: ['Weights', { file: 'a' }],
  2: ['Weights', { file: 'b' }],
  3: ['Add', { a: ['1', 0], b: ['2', 0] }],
  4: ['Show', { value: ['3', 0] }],
}

describe('C-16 what a result was made with', () => {
  it('is told of every run, once a file, whether nodes ran or came from the cache', async () => {
    const { models, stage } = modelBench()
    expect(await models(CHAIN)).toEqual(['a 1', 'b 1'])
    expect(await models(CHAIN)).toEqual(['a 1', 'b 1'])
    expect(stage.journal).toEqual([])
    const more = {
      ...CHAIN,
      5: ['Weights', { file: 'c', more: ['3', 0] }],
      6: ['Show', { value: ['5', 0] }],
    } as const
    expect(await models(more, ['6'])).toEqual(['a 1', 'b 1', 'c 1'])
    expect(stage.journal).toEqual(['Weights c', 'Show 1'])
  })

  it('is the file that was replaced under the same name, not the one before', async () => {
    const { models, stage, sizes } = modelBench()
    await models(CHAIN)
    sizes.set('a', 2)
    stage.world = 'changed'
    expect(await models(CHAIN)).toEqual(['a 2', 'b 1'])
    expect(await models(CHAIN)).toEqual(['a 2', 'b 1'])
    stage.world = 'w0'
    expect(await models(CHAIN)).toEqual(['a 1', 'b 1'])
  })

  it('leaves out a lazy branch that was not taken, though its result is there', async () => {
    const { models } = modelBench()
    const choose: ShortNodes = {
      1: ['Weights', { file: 'a' }],
      2: ['Weights', { file: 'b' }],
      3: ['Choose', { condition: true, yes: ['1', 0], no: ['2', 0] }],
      4: ['Show', { value: ['3', 0] }],
      5: ['Show', { value: ['2', 0] }],
    }
    await models(choose)
    expect(await models(choose, ['4'])).toEqual(['a 1'])
    expect(await models(choose, ['5'])).toEqual(['b 1'])
  })

  it('goes through expansions: what the node asked for, what went into it, what it put in its place', async () => {
    const { models } = modelBench()
    const nodes: ShortNodes = {
      1: ['Weights', { file: 'a' }],
      2: ['Weights', { file: 'b', links: true, more: ['1', 0] }],
      3: ['Show', { value: ['2', 0] }],
    }
    expect(await models(nodes)).toEqual(['a 1', 'b 1', 'b2 1'])
    expect(await models(nodes)).toEqual(['a 1', 'b 1', 'b2 1'])
  })

  it('is told of a node that fails, and of what blocked another', async () => {
    const { models } = modelBench()
    const nodes: ShortNodes = {
      1: ['Weights', { file: 'a' }],
      2: ['Fail', { message: 'm', value: ['1', 0] }],
      3: ['Show', { value: ['2', 0] }],
      4: ['Gate', { value: ['1', 0], atMost: 0, message: '' }],
      5: ['Add', { a: ['4', 0] }],
      6: ['Show', { value: ['5', 0] }],
    }
    expect(await models(nodes)).toEqual(['a 1'])
    expect(await models(nodes)).toEqual(['a 1'])
  })
})
