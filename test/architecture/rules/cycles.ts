/** No file imports itself, however long the way round; imports of types count too. */
import { resolveImport } from '../resolve-import.ts'
import type { Rule, Violation, Workspace } from '../workspace.ts'

/** Fails once for every way round that a depth-first walk closes. */
export const checkCycles: Rule = (workspace) => {
  const graph = importGraph(workspace)
  const done = new Set<string>()
  const trail: string[] = []
  const found: Violation[] = []
  const visit = (path: string): void => {
    const start = trail.indexOf(path)
    if (start >= 0) {
      const cycle = trail.slice(start)
      found.push({ path, message: `import cycle: ${[...cycle, path].join(' → ')}` })
      return
    }
    if (done.has(path)) return
    trail.push(path)
    for (const next of graph.get(path) ?? []) visit(next)
    trail.pop()
    done.add(path)
  }
  for (const path of graph.keys()) visit(path)
  return found
}

function importGraph(workspace: Workspace): ReadonlyMap<string, readonly string[]> {
  const known = new Set(workspace.modules.map((module) => module.path))
  return new Map(
    workspace.modules.map(({ path, imports }) => {
      const targets = imports.flatMap(({ specifier }) => {
        if (specifier === undefined) return []
        const target = resolveImport(workspace, path, specifier)
        return 'file' in target && target.file !== undefined && known.has(target.file) ? [target.file] : []
      })
      return [path, targets]
    }),
  )
}
