/** Runs every setting once for its picture, then all of them in turn for their times. */
import type { Host } from '@dicache/host'
import { policyNameOf, type VariantRuns } from '@dicache/verify'
import type { PlannedVariant } from './plan-variants.ts'
import {
  type PictureRequest,
  type PictureRun,
  preparePicture,
  type PreparedPicture,
  runForPicture,
} from './run-for-picture.ts'

export type RoundsRequest = Omit<PictureRequest, 'settings' | 'probe'> & {
  /** What all runs share. */
  readonly settings: readonly string[]
  readonly rounds: number
  readonly onRun: (done: number, total: number, label: string) => void
}

type Variant = {
  readonly plan: PlannedVariant
  readonly prepared: PreparedPicture
  readonly runs: PictureRun[]
}

/**
 * The runs of all plans, in their order. All are checked before the first one runs. The first run of each opens its sessions and gives the
 * picture; its time is not counted. Each round starts with another plan, so that none is always the first.
 */
export async function runRounds(
  host: Host,
  plans: readonly PlannedVariant[],
  request: RoundsRequest,
): Promise<readonly VariantRuns[]> {
  const variants: Variant[] = []
  for (const plan of plans) {
    const settings = [...request.settings, ...plan.settings]
    const probe = plan.probe === undefined ? {} : { probe: plan.probe }
    variants.push({
      plan,
      prepared: await preparePicture(host, { ...request, settings, ...probe }),
      runs: [],
    })
  }
  const total = plans.length * (request.rounds + 1)
  let done = 0
  for (let round = 0; round <= request.rounds; round += 1) {
    const start = Math.max(round - 1, 0) % Math.max(plans.length, 1)
    for (const { plan, prepared, runs } of [...variants.slice(start), ...variants.slice(0, start)]) {
      request.onRun(done, total, plan.label)
      runs.push(await runForPicture(host, prepared))
      done += 1
      request.onRun(done, total, plan.label)
    }
  }
  return variants.map(variantRuns)
}

function variantRuns({ plan, runs }: Variant): VariantRuns {
  const [shown, ...timed] = runs
  const last = timed.at(-1) ?? shown
  if (shown === undefined || last === undefined) throw new RangeError(`"${plan.label}" did not run`)
  const series =
    plan.series ?? [policyNameOf(last.report), ...(plan.under === undefined ? [] : [plan.under])].join(', ')
  return {
    label: plan.label,
    name: plan.name ?? `${series}, ${plan.label}`,
    series,
    settings: [
      ...plan.settings,
      ...(plan.probe?.settings.map(([name, value]) => `${plan.probe?.type}.${name}=${value}`) ?? []),
    ],
    picture: shown.picture,
    report: last.report,
    wallMs: timed.map(({ wallMs }) => wallMs),
  }
}
