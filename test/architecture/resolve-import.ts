/** Says what an import's specifier means in this workspace. */
import path from 'node:path/posix'
import { isBuiltin } from 'node:module'
import { folderOf, type Manifest, packageNameOf, type Workspace } from './workspace.ts'

/** What a specifier names; `file` is a path in the workspace, which need not exist. */
export type ImportTarget =
  | { readonly kind: 'file'; readonly file: string }
  | { readonly kind: 'room'; readonly room: string; readonly file: string | undefined }
  | { readonly kind: 'builtin'; readonly name: string }
  | { readonly kind: 'package'; readonly name: string }

/**
 * @param from the importing file's path
 * @param specifier what stands between the quotes
 */
export function resolveImport(workspace: Workspace, from: string, specifier: string): ImportTarget {
  if (/^\.{1,2}(?:\/|$)/.test(specifier))
    return { kind: 'file', file: path.join(path.dirname(from), specifier) }
  if (isBuiltin(specifier)) return { kind: 'builtin', name: specifier.replace(/^node:/, '') }
  const [scope = '', name = ''] = specifier.split('/')
  const packageName = scope.startsWith('@') ? `${scope}/${name}` : scope
  const room = [...workspace.manifests.keys()].find((known) => packageNameOf(known) === packageName)
  if (room === undefined) return { kind: 'package', name: packageName }
  const entry = exportedFile(workspace.manifests.get(room), `.${specifier.slice(packageName.length)}`)
  return { kind: 'room', room, file: entry === undefined ? undefined : path.join(folderOf(room), entry) }
}

function exportedFile(manifest: Manifest | undefined, subpath: string): string | undefined {
  const exported = manifest?.exports
  if (typeof exported === 'string') return subpath === '.' ? exported : undefined
  const target = exported?.[subpath]
  return typeof target === 'string' ? target : undefined
}
