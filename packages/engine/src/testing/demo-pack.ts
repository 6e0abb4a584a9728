/** Small real nodes for the tests of this package: arithmetic, lists, blockers, lazy inputs, expansions, failures. */
import { definePack } from '@dicache/sdk'
import type { Pack } from '@dicache/sdk'
import { createFlowNodes } from './flow-nodes.ts'
import { createLoopNodes } from './loop-nodes.ts'
import { createStage } from './stage.ts'
import type { Stage } from './stage.ts'
import { createValueNodes } from './value-nodes.ts'

/** Makes the pack. Its nodes write to the stage. */
export function createDemoPack(stage: Stage = createStage()): Pack {
  return definePack({
    name: 'demo',
    version: '1.0.0',
    nodes: [...createValueNodes(stage), ...createFlowNodes(stage), ...createLoopNodes(stage)],
  })
}
