/** Each package.json names what its sources import: nothing missing, nothing unused, one version for all. */
import { resolveImport } from '../resolve-import.ts'
import {
  folderOf,
  type Manifest,
  packageNameOf,
  type Rule,
  type SourceModule,
  type Violation,
  type Workspace,
} from '../workspace.ts'

/** The root package.json brings it for every package. */
const FROM_ROOT: ReadonlySet<string> = new Set(['vitest'])

/** Fails where a manifest and the imports of its sources differ. */
export const checkManifests: Rule = (workspace) => {
  const rooms = new Set(
    workspace.modules.map((module) => module.room).filter((room) => !workspace.table[room]?.free),
  )
  const without = [...rooms].filter((room) => !workspace.manifests.has(room))
  return [
    ...without.map((room) => ({ path: folderOf(room), message: 'has sources and no package.json' })),
    ...[...workspace.manifests].flatMap(([room, manifest]) =>
      messagesOf(workspace, room, manifest).map(
        (message): Violation => ({ path: `${folderOf(room)}/package.json`, message }),
      ),
    ),
  ]
}

function messagesOf(workspace: Workspace, room: string, manifest: Manifest): string[] {
  const modules = workspace.modules.filter((module) => module.room === room)
  const inSource = namesImported(
    workspace,
    modules.filter((module) => !module.isTest),
  )
  const inTests = namesImported(
    workspace,
    modules.filter((module) => module.isTest),
  )
  // `import.meta.resolve`, or a list of packs: a name in quotes is a use, too.
  const quoted = modules.flatMap(({ strings }) => strings.map(({ text }) => text))
  const inQuotes = (name: string): boolean =>
    quoted.some((text) => text === name || text.startsWith(`${name}/`))
  const dependencies = Object.entries(manifest.dependencies ?? {})
  const devDependencies = Object.entries(manifest.devDependencies ?? {})
  const listed = new Set([...dependencies, ...devDependencies].map(([name]) => name))
  return [
    ...(manifest.name === packageNameOf(room)
      ? []
      : [`is named ${manifest.name}; its folder makes it ${packageNameOf(room)}`]),
    ...[...inSource]
      .filter((name) => !dependencies.some(([known]) => known === name))
      .map((name) => `dependencies lack ${name}, which its sources import`),
    ...[...inTests]
      .filter((name) => !inSource.has(name) && !listed.has(name) && !FROM_ROOT.has(name))
      .map((name) => `devDependencies lack ${name}, which its tests import`),
    ...dependencies
      .filter(([name]) => !inSource.has(name) && !inQuotes(name))
      .map(([name]) => `dependencies name ${name}, which no source imports`),
    ...devDependencies
      .filter(([name]) => !inTests.has(name))
      .map(([name]) => `devDependencies name ${name}, which no test imports`),
    ...[...dependencies, ...devDependencies]
      .filter(([name, version]) => version !== (isRoomName(workspace, name) ? 'workspace:*' : 'catalog:'))
      .map(
        ([name, version]) =>
          `asks for ${name} ${version}; say ${isRoomName(workspace, name) ? 'workspace:*' : 'catalog:'}`,
      ),
  ]
}

function namesImported(workspace: Workspace, modules: readonly SourceModule[]): ReadonlySet<string> {
  const names = modules.flatMap(({ path, imports }) =>
    imports.flatMap(({ specifier }) => {
      if (specifier === undefined) return []
      const target = resolveImport(workspace, path, specifier)
      if (target.kind === 'room') return [packageNameOf(target.room)]
      return target.kind === 'package' ? [target.name] : []
    }),
  )
  return new Set(names)
}

function isRoomName(workspace: Workspace, name: string): boolean {
  return [...workspace.manifests.keys()].some((room) => packageNameOf(room) === name)
}
