/** The engine: takes a graph and tells what happens to it. It knows no file, no socket and no model. */
import { HostError } from '@dicache/protocol'
import type { JsonObject, JsonValue, Problem, RunEvent } from '@dicache/protocol'
import type { HiddenValues, HostServices } from '@dicache/sdk'
import { noCache } from './caching/result-cache.ts'
import { createResumedCache } from './caching/resumed-cache.ts'
import type { ResultCache, UsedModel } from './caching/result-cache.ts'
import { toApiDocument } from './documents/to-api-document.ts'
import { createEmitter } from './execution/emitter.ts'
import type { EncodePreview } from './execution/reporter.ts'
import { runPlan } from './execution/run-plan.ts'
import { runResult } from './execution/run-result.ts'
import type { RunResult, Unfinished } from './execution/run-result.ts'
import type { WatchHost } from './execution/watch-host.ts'
import type { Graph } from './graph.ts'
import { collectFingerprints } from './planning/fingerprints.ts'
import { planRun } from './planning/plan-run.ts'
import type { Plan } from './planning/plan-run.ts'
import { createHasher } from './planning/sha256.ts'
import type { Registry } from './registry.ts'
import { listChoices, runValidators } from './validation/host-checks.ts'
import { validateGraph, withProblems } from './validation/validate-graph.ts'
import type { Validation } from './validation/validate-graph.ts'

/** What an engine is made of. */
export type EngineOptions = {
  readonly registry: Registry
  readonly host: HostServices
  /** Watches which weight files nodes ask for, so that results know what they were made with. @defaultValue nobody does */
  readonly watchHost?: WatchHost
  /** @defaultValue nothing is kept between runs */
  readonly cache?: ResultCache
  /** Without it, previews that nodes give as tensors are not shown. */
  readonly encodePreview?: EncodePreview
  /** Bytes that the process holds now, for events. @defaultValue events do not tell */
  readonly processBytes?: () => number
  /** Milliseconds since 1970. @defaultValue Date.now */
  readonly now?: () => number
}

/** How to check a graph. */
export type CheckOptions = {
  /** The nodes to run. @defaultValue every output node */
  readonly targets?: readonly string[]
  readonly signal?: AbortSignal
}

/** How to run a graph. */
export type RunOptions = CheckOptions & {
  /** @defaultValue a new UUID */
  readonly runId?: string
  readonly onEvent?: (event: RunEvent) => void
  /** Told once of every weight file that results of the run depend on, also of results that come from the cache. */
  readonly onModel?: (model: UsedModel) => void
  /** What happens after a failure. @defaultValue `continue`: branches that do not depend on it go on */
  readonly onFailure?: 'continue' | 'stop'
  /** What `validate` found for this graph and these targets, so that it is not checked twice. */
  readonly validation?: Validation
  /** The editor's document, for nodes that store it. @defaultValue the one that the graph was compiled from */
  readonly document?: JsonValue
  /** What the client sent along, for nodes that read it. @defaultValue nothing */
  readonly extra?: JsonObject
  /** Whether nodes' previews are told. @defaultValue true */
  readonly previews?: boolean
  /** What a failed or cancelled run left (`result.unfinished`): its finished nodes do not run again. */
  readonly resume?: Unfinished
}

/** An engine. It may be used for one run after the other; runs at once share the cache but nothing else. */
export type Engine = {
  /** Checks a graph with all that the host knows. */
  readonly validate: (graph: Graph, options?: CheckOptions) => Promise<Validation>
  /** Runs what can be run. Failures of nodes are in the result; it throws CANCELLED only before the run has begun. */
  readonly run: (graph: Graph, options?: RunOptions) => Promise<RunResult>
}

/**
 * Makes an engine.
 * @example
 * const engine = createEngine({ registry: createRegistry([pack]), host, cache: createMemoryCache() })
 * const result = await engine.run(graph, { onEvent: (event) => console.log(event.type) })
 */
export function createEngine({
  registry,
  host,
  watchHost,
  cache = noCache,
  encodePreview,
  processBytes,
  now = Date.now,
}: EngineOptions): Engine {
  const validate = async (graph: Graph, options: CheckOptions = {}): Promise<Validation> => {
    const { targets, signal = new AbortController().signal } = options
    throwIfCancelled(signal)
    const choices = await listChoices(graph, registry, host)
    const checked = validateGraph(graph, registry, { choices, ...(targets && { targets }) })
    const found: readonly Problem[] = await runValidators(checked, registry, { host, signal })
    return withProblems(checked, found)
  }

  const run = async (graph: Graph, options: RunOptions = {}): Promise<RunResult> => {
    const { runId = crypto.randomUUID(), onFailure = 'continue' } = options
    const { onEvent = () => undefined, onModel = () => undefined } = options
    const signal = options.signal ?? new AbortController().signal
    throwIfCancelled(signal)
    const validation = options.validation ?? (await validate(graph, { ...options, signal }))
    const { runnable: targets, problems } = validation
    if (targets.length === 0) return { status: 'refused', runId, problems }

    const startedAtMs = performance.now()
    const emitter = createEmitter(runId, { onEvent, onModel }, now)
    const services = { registry, host, signal }
    const world = await collectFingerprints(validation.graph, validation.order, services)
    const { resume, extra = {}, previews = true } = options
    const keyRunId = resume?.keyRunId ?? runId
    const hash = createHasher()
    const plan = planRun(validation.graph, registry, { targets, runId: keyRunId, world, hash })
    const known = resume === undefined ? cache : createResumedCache(cache, resume.results)
    known.beginRun?.(new Set([...plan.nodes.values()].map(({ key }) => key)))
    emitter.run({
      type: 'run.started',
      nodes: [...plan.nodes.keys()],
      cached: await cachedIds(plan, known),
      targets,
    })

    const document = options.document ?? validation.graph.document
    let prompt: JsonObject | undefined
    const hidden = (nodeId: string, getNode: HiddenValues['getNode']): HiddenValues => ({
      get prompt() {
        prompt ??= toApiDocument(validation.graph, registry) as unknown as JsonObject
        return prompt
      },
      document,
      extra,
      nodeId,
      runId,
      getNode,
    })
    const done = await runPlan(plan, {
      ...services,
      ...(watchHost && { watchHost }),
      cache: known,
      emitter,
      keyRunId,
      hash,
      hidden,
      onFailure,
      previews,
      ...(processBytes && { processBytes }),
      ...(encodePreview && { encodePreview }),
    })
    const durationMs = performance.now() - startedAtMs
    const result = runResult(done, { runId, keyRunId, problems, targets, durationMs })
    emitter.run(endEvent(result))
    return result
  }
  return { validate, run }
}

function endEvent(
  result: Exclude<RunResult, { status: 'refused' }>,
): Parameters<ReturnType<typeof createEmitter>['run']>[0] {
  const { durationMs } = result
  switch (result.status) {
    case 'finished':
      return { type: 'run.finished', durationMs }
    case 'cancelled':
      return { type: 'run.cancelled', durationMs }
    case 'failed':
      return { type: 'run.failed', durationMs, error: result.error.toJSON(), failed: result.failed }
  }
}

async function cachedIds(plan: Plan, cache: ResultCache): Promise<readonly string[]> {
  const ids: string[] = []
  for (const { id, key } of plan.nodes.values()) {
    if (await isCached(cache, key)) ids.push(id)
  }
  return ids
}

/** A cache that cannot be read has nothing; the warning comes when the node is looked up. */
async function isCached(cache: ResultCache, key: string): Promise<boolean> {
  try {
    return await cache.has(key)
  } catch {
    return false
  }
}

function throwIfCancelled(signal: AbortSignal): void {
  if (signal.aborted)
    throw new HostError('CANCELLED', 'The run was cancelled before it began.', { cause: signal.reason })
}
