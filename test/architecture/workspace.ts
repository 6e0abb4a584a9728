/** The workspace as the rules see it: committed text by path, its rooms, and what each source file says. */
import { parseModules, type ParsedModule } from './parse-modules.ts'
import { type Room, rooms } from './rooms.ts'

/** One finding. `path` and `line` say where, `message` what is wrong and why. */
export type Violation = { readonly path: string; readonly line?: number; readonly message: string }

/** A package.json, as far as a rule asks. */
export type Manifest = {
  readonly name?: string
  readonly exports?: string | Readonly<Record<string, unknown>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

/** A source file of a room. */
export type SourceModule = ParsedModule & {
  readonly path: string
  readonly text: string
  readonly room: string
  /** Whether it is part of the tests: `x.test.ts`, `test-support.ts`, or anything below a folder `testing/`. */
  readonly isTest: boolean
  /** Whether a generator wrote it (a folder `generated/`): only its imports matter. */
  readonly isGenerated: boolean
}

/** Everything that a rule may look at. */
export type Workspace = {
  readonly table: Readonly<Record<string, Room>>
  readonly files: ReadonlyMap<string, string>
  readonly modules: readonly SourceModule[]
  /** Manifests by room. */
  readonly manifests: ReadonlyMap<string, Manifest>
}

/** A rule looks at the whole workspace and names what is wrong. */
export type Rule = (workspace: Workspace) => readonly Violation[]

const SOURCE = /^(?:packages\/[^/]+\/src|nodes\/[^/]+\/src|web|test|scripts)\/.*\.(?:ts|tsx|mts|js|mjs)$/

/**
 * Builds the workspace from texts; nothing is read from disk.
 * @param files committed text files: path from the repository's root (with `/`) to text
 * @param table the import table
 */
export async function createWorkspace(
  files: ReadonlyMap<string, string>,
  table: Readonly<Record<string, Room>> = rooms,
): Promise<Workspace> {
  const sources = new Map([...files].filter(([path]) => SOURCE.test(path)))
  const modules = [...(await parseModules(sources))].map(([path, parsed]) => ({
    ...parsed,
    path,
    text: sources.get(path) ?? '',
    room: roomOf(path),
    isTest: isTestPath(path),
    isGenerated: path.includes('/generated/'),
  }))
  const manifests = new Map<string, Manifest>()
  for (const [path, text] of files) {
    if (!/^(?:(?:packages|nodes)\/[^/]+|web)\/package\.json$/.test(path)) continue
    manifests.set(roomOf(path), JSON.parse(text) as Manifest)
  }
  return { table, files, modules, manifests }
}

/** The room that a path lies in: `packages/tensor/src/x.ts` → `tensor`, `nodes/image/…` → `nodes/image`. */
export function roomOf(path: string): string {
  const [top = '', name = ''] = path.split('/')
  if (top === 'packages') return name
  return top === 'nodes' ? `nodes/${name}` : top
}

/** The folder of a room: the inverse of {@link roomOf}. */
export function folderOf(room: string): string {
  return room.startsWith('nodes/') || room === 'web' ? room : `packages/${room}`
}

/** The name of a room's package. */
export function packageNameOf(room: string): string {
  return `@dicache/${room.replace('/', '-')}`
}

/** Whether a path belongs to the tests of its room. */
export function isTestPath(path: string): boolean {
  return /\.test\.[a-z]+$|\/test-support\.ts$|\/testing\//.test(path)
}
