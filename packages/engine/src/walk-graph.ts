/** Walks a graph upstream from some nodes: an order in which sources come first, and the cycles in the way. */

/** What a walk found. */
export type Walk = {
  /** Every node reached, each after its sources (where no cycle prevents it). */
  readonly order: readonly string[]
  /** Cycles as lists of ids; each links to the one before it, the first to the last. */
  readonly cycles: readonly (readonly string[])[]
}

type Frame = { readonly id: string; readonly sources: readonly string[]; next: number }

/** More cycles than this need not be told one by one. */
const MAX_CYCLES = 20

/**
 * Depth first, without recursion: chains may be as deep as memory is wide.
 * `sourcesOf` gives the sources of a node, or undefined for an id that does not exist.
 */
export function walkGraph(
  targets: Iterable<string>,
  sourcesOf: (id: string) => readonly string[] | undefined,
): Walk {
  const order: string[] = []
  const cycles: string[][] = []
  const finished = new Set<string>()
  const open = new Set<string>()
  const stack: Frame[] = []

  const enter = (id: string): void => {
    if (finished.has(id)) return
    if (open.has(id)) {
      if (cycles.length < MAX_CYCLES) cycles.push(cycleOf(stack, id))
      return
    }
    const sources = sourcesOf(id)
    if (sources === undefined) return
    open.add(id)
    stack.push({ id, sources, next: 0 })
  }

  for (const target of targets) {
    enter(target)
    for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
      const source = frame.sources[frame.next++]
      if (source !== undefined) {
        enter(source)
        continue
      }
      stack.pop()
      open.delete(frame.id)
      finished.add(frame.id)
      order.push(frame.id)
    }
  }
  return { order, cycles }
}

function cycleOf(stack: readonly Frame[], id: string): string[] {
  return stack.slice(stack.findIndex((frame) => frame.id === id)).map((frame) => frame.id)
}
