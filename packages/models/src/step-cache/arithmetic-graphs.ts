/** The step cache's arithmetic alone, as graphs without a model: what holds it to its formulas. */
import { createGraph, type Value } from '@dicache/onnx'
import type { GraphSource } from '@dicache/tensor'
import { align, change } from './cache-arithmetic.ts'

/**
 * Inputs as of `align`: `h0`, `hm`, `r1`, `r2`, `p1`, `p2` [B, L, C], `groups` [B, B], `clip` [2], `anchors` [1], `guard` [1].
 * Outputs `x` [B, L, C], `gamma` [B], `aligned` [B].
 */
export function alignGraph(): GraphSource {
  const g = createGraph('align')
  const tokens = (name: string): Value => g.input(name, 'float32', ['B', 'L', 'C'])
  const result = align(g, {
    h0: tokens('h0'),
    hm: tokens('hm'),
    r1: tokens('r1'),
    r2: tokens('r2'),
    p1: tokens('p1'),
    p2: tokens('p2'),
    groups: g.input('groups', 'float32', ['B', 'B']),
    clip: g.input('clip', 'float32', [2]),
    anchors: g.input('anchors', 'float32', [1]),
    guard: g.input('guard', 'bool', [1]),
  })
  for (const [name, value] of Object.entries(result)) g.output(name, value)
  return { key: 'step-cache align', weightBytes: 0, bytes: g.build }
}

/** Inputs `now`, `before` [B, N]; outputs `difference`, `magnitude` [B]: mean|now − before| and mean|before| a sample. */
export function changeGraph(): GraphSource {
  const g = createGraph('change')
  const result = change(g, g.input('now', 'float32', ['B', 'N']), g.input('before', 'float32', ['B', 'N']))
  for (const [name, value] of Object.entries(result)) g.output(name, value)
  return { key: 'step-cache change', weightBytes: 0, bytes: g.build }
}
