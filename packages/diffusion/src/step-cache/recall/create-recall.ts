/** Makes what a strategy keeps, by its name. */
import type { SplitForward } from '../split-forward.ts'
import type { Keeps } from '../strategy.ts'
import { createAnchors } from './anchors.ts'
import { createForecast } from './forecast.ts'
import { createInput } from './input.ts'
import { createNorms } from './norms.ts'
import { createNothing } from './nothing.ts'
import type { Recall } from './recall.ts'
import { createResidual } from './residual.ts'

/** @param samples - of the lane's stack */
export function createRecall(keeps: Keeps, split: SplitForward, samples: number): Recall {
  switch (keeps.kind) {
    case 'nothing':
      return createNothing()
    case 'anchors':
      return createAnchors(keeps, split, samples)
    case 'residual':
    case 'tail':
      return createResidual(keeps.kind, split, samples)
    case 'forecast':
      return createForecast(keeps, split)
    case 'input':
      return createInput()
    case 'norms':
      return createNorms()
  }
}
