/** Runs a workflow up to its picture, and reads what its sampler told. Nothing is saved. */
import { type Host, openWorkflow, refusal, hasErrors } from '@dicache/host'
import { HostError, isJsonObject, JsonFloat, type JsonValue } from '@dicache/protocol'
import { pictureOf, type VariantRuns } from '@dicache/verify'
import type { CompareNodes, Graph } from './find-nodes.ts'
import type { ProbeChoice } from './plan-variants.ts'
import { swapProbe } from './swap-probe.ts'

export type PictureRequest = {
  readonly text: string
  readonly source: CompareNodes['picture']
  readonly settings: readonly string[]
  readonly signal: AbortSignal
  readonly probe?: ProbeChoice
}

/** A workflow with its settings, checked. */
export type PreparedPicture = {
  readonly graph: Graph
  readonly source: CompareNodes['picture']
  readonly signal: AbortSignal
}

export type PictureRun = {
  readonly picture: VariantRuns['picture']
  /** The REPORT of the last sampler that ran. */
  readonly report: JsonValue
  /** Wall time of all samplers, ms. */
  readonly wallMs: number
}

/** Reads, changes and checks the workflow. @throws HostError for the first thing that keeps the picture from being made. */
export async function preparePicture(host: Host, request: PictureRequest): Promise<PreparedPicture> {
  const { source, settings, signal, probe } = request
  const opened = await openWorkflow(host, request.text, { settings, signal })
  if (opened.graph === undefined || hasErrors(opened.problems)) throw refusal(opened.problems)
  const graph = probe === undefined ? opened.graph : swapProbe(host, opened.graph, probe)
  const { problems } = await host.engine.validate(graph, { targets: [source.nodeId], signal })
  if (hasErrors(problems)) throw refusal(problems)
  return { graph, source, signal }
}

/** Runs it once. @throws HostError when a node fails, or no sampler reports. */
export async function runForPicture(host: Host, prepared: PreparedPicture): Promise<PictureRun> {
  const { graph, source, signal } = prepared
  const reports: { readonly report: JsonValue; readonly wallMs: number }[] = []
  const result = await host.engine.run(graph, {
    targets: [source.nodeId],
    signal,
    previews: false,
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
  }
}

function numberOf(value: JsonValue | undefined): number | undefined {
  const plain = value instanceof JsonFloat ? value.value : value
  return typeof plain === 'number' ? plain : undefined
}
