/** Checks a whole graph before anything runs: every problem at once, and which outputs can run in spite of them. */
import type { Problem } from '@dicache/protocol'
import { nodeName, sourcesOf } from '../graph.ts'
import type { Graph, GraphNode } from '../graph.ts'
import { createSuggester } from '../near-names.ts'
import type { Registry } from '../registry.ts'
import { walkGraph } from '../walk-graph.ts'
import { checkNode, unknownType } from './check-node.ts'
import type { Surroundings } from './surroundings.ts'

/** What to check. */
export type ValidateOptions = {
  /** The nodes to run. @defaultValue every output node */
  readonly targets?: readonly string[]
  /** Lists of the host by source, such as `models/vae`. @defaultValue none, and such choices are not checked */
  readonly choices?: ReadonlyMap<string, readonly string[]>
}

/** What a check found. */
export type Validation = {
  /** The graph with its constants converted; this is what is planned and run. */
  readonly graph: Graph
  readonly problems: readonly Problem[]
  /** The nodes that were asked for (or all output nodes) and exist. */
  readonly targets: readonly string[]
  /** Those of them that nothing keeps from running. */
  readonly runnable: readonly string[]
  /** Every node they depend on, sources first. */
  readonly order: readonly string[]
}

/** Checks a graph (SPEC V-1 … V-14). Pure: what the host knows is passed in. */
export function validateGraph(graph: Graph, registry: Registry, options: ValidateOptions = {}): Validation {
  const problems: Problem[] = []
  const targets = findTargets(graph, registry, options.targets, problems)
  const { order, cycles } = walkGraph(targets, (id) => {
    const node = graph.nodes.get(id)
    return node && sourcesOf(node)
  })
  const around: Surroundings = {
    registry,
    getNode: (id) => graph.nodes.get(id),
    suggest: createSuggester(),
    choices: options.choices ?? new Map(),
  }
  const nodes = new Map(graph.nodes)
  const reached = new Set(order)
  for (const [id, node] of graph.nodes) {
    if (reached.has(id)) {
      const checked = checkNode(node, around)
      nodes.set(id, checked.node)
      problems.push(...checked.problems)
    } else if (registry.get(node.type) === undefined) {
      problems.push(unknownType(node, around, 'warning'))
    }
  }
  for (const cycle of cycles) problems.push(cycleProblem(cycle, graph))
  return withProblems(
    { graph: { ...graph, nodes }, problems: [], targets, runnable: targets, order },
    problems,
  )
}

/** The same check with more problems: whatever depends on a node with an error cannot run. */
export function withProblems(validation: Validation, found: readonly Problem[]): Validation {
  const problems = [...validation.problems, ...found]
  const broken = new Set<string>()
  for (const { nodeId, severity, code, details } of problems) {
    if (severity !== 'error') continue
    if (nodeId !== undefined) broken.add(nodeId)
    if (code === 'CYCLE' && Array.isArray(details?.['nodes']))
      for (const id of details['nodes']) broken.add(String(id))
  }
  for (const id of validation.order) {
    const node = validation.graph.nodes.get(id)
    if (node !== undefined && sourcesOf(node).some((source) => broken.has(source))) broken.add(id)
  }
  return { ...validation, problems, runnable: validation.runnable.filter((id) => !broken.has(id)) }
}

function findTargets(
  graph: Graph,
  registry: Registry,
  wanted: readonly string[] | undefined,
  problems: Problem[],
): readonly string[] {
  const isOutput = (node: GraphNode): boolean => registry.get(node.type)?.manifest.output === true
  const targets =
    wanted === undefined
      ? [...graph.nodes.values()].filter(isOutput).map(({ id }) => id)
      : [...new Set(wanted)].filter((id) => graph.nodes.has(id))
  for (const id of wanted ?? []) {
    if (graph.nodes.has(id)) continue
    problems.push({
      code: 'UNKNOWN_TARGET',
      message: `There is no node ${id} to run.`,
      severity: 'error',
      details: { target: id },
    })
  }
  if (targets.length === 0) {
    problems.push({
      code: 'NO_OUTPUTS',
      message: 'Nothing to run: the workflow has no output node. Add one, such as SaveImage or PreviewImage.',
      severity: 'error',
      path: '',
    })
  }
  return targets
}

function cycleProblem(cycle: readonly string[], graph: Graph): Problem {
  const nodes = cycle.flatMap((id) => graph.nodes.get(id) ?? [])
  const [first] = nodes
  const shownNodes = nodes.slice(0, 8).map(nodeName)
  const way = [...shownNodes, ...(nodes.length > 8 ? ['…'] : []), ...(first ? [nodeName(first)] : [])].join(
    ' ← ',
  )
  return {
    code: 'CYCLE',
    message: `These nodes wait for each other: ${way}. Remove one of the links between them.`,
    severity: 'error',
    ...(first && { nodeId: first.id, path: first.path }),
    details: { nodes: [...cycle] },
  }
}
