import { describe, expect, it } from 'vitest'
import type { ParamManifest } from './manifest.ts'
import { changeWidget, fullWidgets, layoutWidgets } from './widget-values.ts'

const seed: ParamManifest = { kind: 'seed', name: 'seed', default: '0' }
const steps: ParamManifest = { kind: 'int', name: 'steps', step: 1, default: 20 }
const addNoise: ParamManifest = { kind: 'boolean', name: 'add_noise', default: true }
const image: ParamManifest = { kind: 'choice', name: 'image', upload: 'image', options: ['a.png'] }
const channel: ParamManifest = { kind: 'choice', name: 'channel', options: ['alpha', 'red'] }
const counter: ParamManifest = { kind: 'int', name: 'value', step: 1, controlAfterGenerate: true }

describe('D-4 entries of a list', () => {
  it('skip a seed’s control, and tell an old boolean from the next setting', () => {
    const sampler = [seed, steps, addNoise]
    const whole = layoutWidgets(sampler, [5, 'fixed', 12, true])
    expect(Object.fromEntries(whole.indexOf)).toEqual({ seed: 0, steps: 2, add_noise: 3 })
    expect(Object.fromEntries(whole.controlOf)).toEqual({ seed: 1 })
    expect(layoutWidgets(sampler, [5, 12, true]).indexOf.get('add_noise')).toBe(2)
    expect(layoutWidgets(sampler, [5, true, 12, true]).indexOf.get('steps')).toBe(2)
    expect(layoutWidgets([seed, addNoise], [5, true]).indexOf.get('add_noise')).toBe(1)
  })

  it('have the button of an upload behind the required settings, in old files behind its own', () => {
    for (const values of [
      ['a.png', 'red', 'image'],
      ['a.png', 'image', 'red'],
    ]) {
      const { indexOf, extra } = layoutWidgets([image, channel], values)
      expect([indexOf.get('image'), values[indexOf.get('channel') ?? 9], extra]).toEqual([0, 'red', 0])
    }
    expect(fullWidgets([image, channel], ({ name }) => name)).toEqual(['image', 'channel', 'image'])
  })

  it('have a control for whole numbers that say so', () => {
    expect(fullWidgets([counter], () => 4)).toEqual([4, 'fixed'])
    expect(layoutWidgets([counter], [4, 'increment']).controlOf.get('value')).toBe(1)
  })
})

describe('a changed entry', () => {
  const defaultOf = (param: ParamManifest) => (param.kind === 'int' ? 20 : null)

  it('is replaced where it stands, value or control', () => {
    const list = [5, 'fixed', 12]
    expect(changeWidget([seed, steps], list, { name: 'steps', part: 'value', value: 9, defaultOf })).toEqual([
      5,
      'fixed',
      9,
    ])
    expect(
      changeWidget([seed, steps], list, { name: 'seed', part: 'control', value: 'randomize', defaultOf }),
    ).toEqual([5, 'randomize', 12])
  })

  it('makes a full list of one that does not reach it, and keeps what is there', () => {
    expect(
      changeWidget([seed, steps, addNoise], [5, 'randomize'], {
        name: 'add_noise',
        part: 'value',
        value: false,
        defaultOf,
      }),
    ).toEqual([5, 'randomize', 20, false])
    expect(
      changeWidget([seed, steps], [5, 12], { name: 'seed', part: 'control', value: 'increment', defaultOf }),
    ).toEqual([5, 'increment', 12])
  })
})
