/** Runs every setting once for its picture, then all of them in turn for their times. */
import type { Host } from '@dicache/host'
import { reportNames, type VariantRuns } from '@dicache/verify'
import type { PlannedVariant } from './plan-variants.ts'
import { type PictureRequest, type PictureRun, runForPicture } from './run-for-picture.ts'

export type RoundsRequest = Omit<PictureRequest, 'settings'> & {
  /** What all runs share. */
  readonly settings: readonly string[]
  readonly rounds: number
  readonly onRun: (done: number, total: number, label: string) => void
}

/**
 * The runs of all plans, in their order. The first run of each opens its sessions and gives the picture; its time is not counted. Each
 * round starts with another plan, so that none is always the first.
 */
export async function runRounds(
  host: Host,
  plans: readonly PlannedVariant[],
  request: RoundsRequest,
): Promise<readonly VariantRuns[]> {
  const total = plans.length * (request.rounds + 1)
  let done = 0
  const run = async (plan: PlannedVariant): Promise<PictureRun> => {
    request.onRun(done, total, plan.label)
    const result = await runForPicture(host, {
      ...request,
      settings: [...request.settings, ...plan.settings],
    })
    done += 1
    request.onRun(done, total, plan.label)
    return result
  }
  const first = new Map<PlannedVariant, PictureRun>()
  for (const plan of plans) first.set(plan, await run(plan))
  const timed = new Map<PlannedVariant, PictureRun[]>(plans.map((plan) => [plan, []]))
  for (let round = 0; round < request.rounds; round += 1) {
    const start = round % plans.length
    for (const plan of [...plans.slice(start), ...plans.slice(0, start)])
      timed.get(plan)?.push(await run(plan))
  }
  return plans.flatMap((plan) => {
    const shown = first.get(plan)
    const runs = timed.get(plan) ?? []
    return shown === undefined ? [] : [variantRuns(plan, shown, runs)]
  })
}

function variantRuns(plan: PlannedVariant, shown: PictureRun, runs: readonly PictureRun[]): VariantRuns {
  const report = runs.at(-1)?.report ?? shown.report
  const names = reportNames(report)
  return {
    label: plan.label,
    name: plan.name ?? names.name,
    series: plan.series ?? names.series,
    settings: plan.settings,
    picture: shown.picture,
    report,
    wallMs: runs.map(({ wallMs }) => wallMs),
  }
}
