/** DiCache's two windows: residuals R and probe residuals P of the two newest computed evaluations of each branch. */
import { type FloatTensor, floatTensor } from '@dicache/tensor'
import type { Anchors, SplitForward } from '../split-forward.ts'
import type { Keeps } from '../strategy.ts'
import { putRows } from './put-rows.ts'
import { rowsOf } from './rows-of.ts'
import type { Recall } from './recall.ts'

type Settings = Extract<Keeps, { readonly kind: 'anchors' }>

/** Memory is four tensors of the lane's stack, whatever the branches do. */
export function createAnchors(keeps: Settings, split: SplitForward, total: number): Recall {
  let windows: Anchors | undefined
  let counts: readonly number[] = []

  return {
    needsProbe: true,
    remember({ range: { branches, samples }, deep }) {
      const at = { rows: samples, total }
      if (windows === undefined || samples.count === total) {
        const r1 = putRows(undefined, deep.residual, at)
        const p1 = putRows(undefined, deep.probeResidual, at)
        windows = { r1, p1, r2: windows?.r1 ?? r1, p2: windows?.p1 ?? p1 }
      } else {
        // Rows move down before the new ones take their place.
        const { r1, r2, p1, p2 } = windows
        windows = {
          r2: putRows(own(r2, r1), rowsOf(r1, samples), at),
          p2: putRows(own(p2, p1), rowsOf(p1, samples), at),
          r1: putRows(r1, deep.residual, at),
          p1: putRows(p1, deep.probeResidual, at),
        }
      }
      counts = Array.from({ length: Math.max(counts.length, branches.start + branches.count) }, (_, n) => {
        const count = counts[n] ?? 0
        const inside = n >= branches.start && n < branches.start + branches.count
        return inside ? Math.min(count + 1, 2) : count
      })
    },
    groupOf: (branch) => counts[branch] ?? 0,
    async answer({ range: { branches, samples }, probe }) {
      if (windows === undefined || probe === undefined)
        throw new RangeError('step cache: reuse without a computed step')
      const anchors = counts[branches.start] === 2 ? 2 : 1
      const stacked = {
        r1: rowsOf(windows.r1, samples),
        r2: rowsOf(windows.r2, samples),
        p1: rowsOf(windows.p1, samples),
        p2: rowsOf(windows.p2, samples),
      }
      const shared = { sample: 1, branch: samples.count / branches.count, all: samples.count }[keeps.share]
      const result = await split.reuse(probe, samples, stacked, {
        anchors,
        gammaClip: keeps.gammaClip,
        guard: keeps.guard,
        groups: groupMatrix(samples.count, shared),
      })
      const { out, aligned, gamma } = result
      const action = aligned.includes(true) ? 'dcta' : 'zero-order'
      return { out, action, part: 'reuse', aligned, ...(anchors === 2 ? { gamma } : {}) }
    },
    forget() {
      windows = undefined
      counts = []
    },
    held: () => (windows === undefined ? [] : Object.values(windows)),
  }
}

/** The older window, or a copy while both are the same tensor. */
function own(older: FloatTensor, newer: FloatTensor): FloatTensor {
  return older === newer ? floatTensor(newer.shape, newer.data.slice()) : older
}

/** [samples, samples]: 1 where two samples are of one group of `size` neighbours. */
function groupMatrix(samples: number, size: number): FloatTensor {
  const data = new Float32Array(samples * samples)
  for (let i = 0; i < samples; i += 1) {
    for (let j = 0; j < samples; j += 1)
      data[i * samples + j] = Math.floor(i / size) === Math.floor(j / size) ? 1 : 0
  }
  return floatTensor([samples, samples], data)
}
