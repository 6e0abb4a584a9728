/** Imports go downhill: each room imports what the table allows it, by package name, and test code stays in tests. */
import { type ImportTarget, resolveImport } from '../resolve-import.ts'
import { downhill, giants, type Room, TEST_PACKAGES, TEST_ROOMS } from '../rooms.ts'
import type { ModuleImport } from '../parse-modules.ts'
import {
  folderOf,
  isTestPath,
  type Rule,
  type SourceModule,
  type Violation,
  type Workspace,
} from '../workspace.ts'

/** Fails on an import that the table does not allow. */
export const checkImports: Rule = (workspace) =>
  workspace.modules.flatMap((module) => checkModule(workspace, module))

/** Fails where a package that one folder owns is imported, or (outside tests and tools) named as a string, elsewhere. */
export const checkGiants: Rule = ({ modules, table }) =>
  giants.flatMap(({ packages, folder }) =>
    modules
      .filter((module) => !module.path.startsWith(folder))
      .flatMap((module) =>
        (table[module.room]?.free ? importedNames(module) : module.strings)
          .filter(({ text }) => packages.some((name) => text === name || text.startsWith(`${name}/`)))
          .map(({ text, line }) => ({
            path: module.path,
            line,
            message: `${text} may be touched in ${folder} only`,
          })),
      ),
  )

function importedNames({ imports }: SourceModule): SourceModule['strings'] {
  return imports.flatMap(({ specifier, line }) =>
    specifier === undefined ? [] : [{ text: specifier, line }],
  )
}

function checkModule(workspace: Workspace, module: SourceModule): Violation[] {
  const room = workspace.table[module.room]
  if (room === undefined) {
    return [
      {
        path: module.path,
        message: `the room ${module.room} is not in the import table (test/architecture/rooms.ts)`,
      },
    ]
  }
  if (room.free) return []
  return module.imports.flatMap((found) => {
    const message = judge(workspace, module, room, found)
    return message === undefined ? [] : [{ path: module.path, line: found.line, message }]
  })
}

/** The message of a forbidden import, undefined for an allowed one. */
function judge(
  workspace: Workspace,
  module: SourceModule,
  room: Room,
  found: ModuleImport,
): string | undefined {
  if (found.specifier === undefined) {
    if (room.computedImports || module.isTest) return undefined
    return `${module.room} → a name computed at run time: only the host imports what it does not know`
  }
  const target = resolveImport(workspace, module.path, found.specifier)
  switch (target.kind) {
    case 'file':
      return judgeFile(module, target.file)
    case 'room':
      return judgeRoom(workspace, module, room, { found, target })
    case 'builtin':
      if (module.isTest || room.node === 'all' || room.node.includes(target.name)) return undefined
      return `${module.room} → node:${target.name}: ${room.why}`
    case 'package':
      if (room.packages.includes(target.name) || (module.isTest && TEST_PACKAGES.includes(target.name)))
        return undefined
      if (
        giants.some((giant) => giant.packages.includes(target.name) && module.path.startsWith(giant.folder))
      )
        return undefined
      return `${module.room} → ${target.name} (npm): ${room.why}`
  }
}

function judgeFile(module: SourceModule, file: string): string | undefined {
  if (!file.startsWith(`${folderOf(module.room)}/`))
    return `${module.room} → ${file}: another room is imported by its package name`
  if (isTestPath(file) && !module.isTest) return `${module.room} → ${file}: source does not import its tests`
  return undefined
}

type RoomImport = { readonly found: ModuleImport; readonly target: Extract<ImportTarget, { kind: 'room' }> }

function judgeRoom(
  workspace: Workspace,
  module: SourceModule,
  room: Room,
  { found, target }: RoomImport,
): string | undefined {
  const name = `${module.room} → ${target.room}`
  if (target.room === module.room) return `${name}: a room imports its own files by relative path`
  const dynamic = found.kind === 'dynamic' && matches(room.dynamicRooms ?? [], target.room)
  const inTest =
    module.isTest &&
    (TEST_ROOMS.includes(target.room) || downhill(workspace.table, module.room).has(target.room))
  if (!room.rooms.includes(target.room) && !dynamic && !inTest) return `${name}: ${room.why}`
  if (target.file === undefined)
    return `${name}: "${found.specifier}" is not among the exports of its package.json`
  if (isTestPath(target.file) && !module.isTest) return `${name}: source does not import tests`
  return undefined
}

function matches(patterns: readonly string[], room: string): boolean {
  return patterns.some((pattern) =>
    pattern.endsWith('/*') ? room.startsWith(pattern.slice(0, -1)) : pattern === room,
  )
}
