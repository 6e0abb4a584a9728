/** The engine: takes a graph and tells what happens to it. It knows no file, no socket and no model. */
import { HostError } from '@dicache/protocol'
import type { JsonObject, JsonValue, Problem, RunEvent } from '@dicache/protocol'
import type { HiddenValues, HostServices } from '@dicache/sdk'
import { noCache } from './caching/result-cache.ts'
import type { ResultCache } from './caching/result-cache.ts'
import { toApiDocument } from './documents/to-api-document.ts'
import { createEmitter } from './execution/emitter.ts'
import type { EncodePreview } from './execution/reporter.ts'
import { runPlan } from './execution/run-plan.ts'
import { runResult } from './execution/run-result.ts'
import type { RunResult } from './execution/run-result.ts'
import type { Graph } from './graph.ts'
import { collectFingerprints } from './planning/fingerprints.ts'
import { planRun } from './planning/plan-run.ts'
import type { Plan } from './planning/plan-run.ts'
import type { Registry } from './registry.ts'
import { listChoices, runValidators } from './validation/host-checks.ts'
import { validateGraph, withProblems } from './validation/validate-graph.ts'
import type { Validation } from './validation/validate-graph.ts'

/** What an engine is made of. */
export type EngineOptions = {
  readonly registry: Registry
  readonly host: HostServices
  /** @defaultValue nothing is kept between runs */
  readonly cache?: ResultCache
  /** Without it, previews that nodes give as tensors are not shown. */
  readonly encodePreview?: EncodePreview
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
  /** What happens after a failure. @defaultValue `continue`: branches that do not depend on it go on */
  readonly onFailure?: 'continue' | 'stop'
  /** What `validate` found for this graph and these targets, so that it is not checked twice. */
  readonly validation?: Validation
  /** The editor's document, for nodes that store it. @defaultValue the one that the graph was compiled from */
  readonly document?: JsonValue
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
  cache = noCache,
  encodePreview,
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
    const { runId = crypto.randomUUID(), onEvent = () => undefined, onFailure = 'continue' } = options
    const signal = options.signal ?? new AbortController().signal
    throwIfCancelled(signal)
    const validation = options.validation ?? (await validate(graph, { ...options, signal }))
    const { runnable: targets, problems } = validation
    if (targets.length === 0) return { status: 'refused', runId, problems }

    const startedAtMs = performance.now()
    const emitter = createEmitter(runId, onEvent, now)
    const services = { registry, host, signal }
    const world = await collectFingerprints(validation.graph, validation.order, services)
    const plan = planRun(validation.graph, registry, { targets, runId, world })
    emitter.run({
      type: 'run.started',
      nodes: [...plan.nodes.keys()],
      cached: await cachedIds(plan, cache),
      targets,
    })

    const document = options.document ?? validation.graph.document
    let prompt: JsonObject | undefined
    const hidden = (nodeId: string, nodeOf: HiddenValues['nodeOf']) => ({
      get prompt() {
        prompt ??= toApiDocument(validation.graph, registry) as unknown as JsonObject
        return prompt
      },
      document,
      nodeId,
      runId,
      nodeOf,
    })
    const done = await runPlan(plan, {
      ...services,
      cache,
      emitter,
      runId,
      hidden,
      onFailure,
      ...(encodePreview && { encodePreview }),
    })
    const result = runResult(done, { runId, problems, targets, durationMs: performance.now() - startedAtMs })
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
  for (const { id, key, cacheable } of plan.nodes.values()) {
    if (!cacheable) continue
    const has = cache.has(key)
    if (typeof has === 'boolean' ? has : await has) ids.push(id)
  }
  return ids
}

function throwIfCancelled(signal: AbortSignal): void {
  if (signal.aborted)
    throw new HostError('CANCELLED', 'The run was cancelled before it began.', { cause: signal.reason })
}
