/** Runs a workflow up to its picture, and reads what its sampler told. Nothing is saved. */
import { type Host, openWorkflow, refusal, hasErrors } from '@dicache/host'
import { HostError, isJsonObject, JsonFloat, type JsonValue } from '@dicache/protocol'
import { pictureOf, type VariantRuns } from '@dicache/verify'
import type { CompareNodes } from './find-nodes.ts'

export type PictureRun = {
  readonly picture: VariantRuns['picture']
  /** The REPORT of the last sampler that ran. */
  readonly report: JsonValue
  /** Wall time of all samplers, ms. */
  readonly wallMs: number
  readonly samplers: number
}

export type PictureRequest = {
  readonly text: string
  readonly source: CompareNodes['picture']
  readonly settings: readonly string[]
  readonly signal: AbortSignal
}

/** Runs it once. @throws HostError when a setting is wrong, a node fails, or no sampler reports. */
export async function runForPicture(host: Host, request: PictureRequest): Promise<PictureRun> {
  const { source, settings, signal } = request
  const { graph, problems } = await openWorkflow(host, request.text, { settings, signal })
  if (graph === undefined || hasErrors(problems)) throw refusal(problems)
  const reports: { readonly report: JsonValue; readonly wallMs: number }[] = []
  const result = await host.engine.run(graph, {
    targets: [source.nodeId],
    signal,
    onEvent(event) {
      if (event.type !== 'node.reported' || event.name !== 'sampling-report') return
      const report = isJsonObject(event.data) ? event.data['report'] : undefined
      const totals = isJsonObject(report) ? report['totals'] : undefined
      const wallMs = isJsonObject(totals) ? numberOf(totals['wallMs']) : undefined
      if (report !== undefined && wallMs !== undefined) reports.push({ report, wallMs })
    },
  })
  if (result.status === 'refused') throw refusal(result.problems)
  if (result.status === 'cancelled') throw new HostError('CANCELLED', 'The comparison was cancelled.')
  if (result.status === 'failed') throw result.error
  const last = reports.at(-1)
  if (last === undefined)
    throw new HostError(
      'NODE_FAILED',
      'the run gave no sampling report; compare needs a KSampler or DiCacheSampler on the way to the picture',
    )
  return {
    picture: pictureOf(result.valuesOf(source.nodeId)?.[source.slot]?.[0]),
    report: last.report,
    wallMs: reports.reduce((sum, { wallMs }) => sum + wallMs, 0),
    samplers: reports.length,
  }
}

function numberOf(value: JsonValue | undefined): number | undefined {
  const plain = value instanceof JsonFloat ? value.value : value
  return typeof plain === 'number' ? plain : undefined
}
