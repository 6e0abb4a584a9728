/** Weight files by ComfyUI's folder names, over all model folders, with the bundled model among them. */
import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { HostError } from '@dicache/protocol'
import type { HostServices, ModelEntry } from '@dicache/sdk'
import { containedPath } from './contained-path.ts'

/** Older names of a folder, which ComfyUI still reads. */
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  diffusion_models: ['unet'],
  text_encoders: ['clip'],
}

/** The bundled model's files by folder and the name they are chosen by. */
export type BundledModels = {
  readonly folder: string
  readonly files: Readonly<Record<string, Readonly<Record<string, string>>>>
}

const EXTENSION = /\.(safetensors|sft|gguf|ckpt|pt|pth|bin|json)$/i
const DEPTH = 4

type Listed = ModelEntry & { readonly path: string }

/** Lists and resolves model files. A name is what `list` gave: relative, with forward slashes. */
export function modelFolders(roots: readonly string[], bundled: BundledModels): HostServices['models'] {
  async function listed(folder: string): Promise<ReadonlyMap<string, Listed>> {
    const found = new Map<string, Listed>()
    for (const [name, file] of Object.entries(bundled.files[folder] ?? {}))
      await add(found, name, path.join(bundled.folder, file))
    for (const root of roots) {
      for (const name of [folder, ...(ALIASES[folder] ?? [])]) {
        const base = containedPath(root, name)
        for (const file of await walk(base, DEPTH)) {
          const relative = path.relative(base, file).split(path.sep).join('/')
          if (!found.has(relative)) await add(found, relative, file)
        }
      }
    }
    return found
  }

  async function pathOf(folder: string, name: string): Promise<string> {
    const all = await listed(folder)
    const entry = all.get(name)
    if (entry !== undefined) return entry.path
    for (const root of roots) containedPath(containedPath(root, folder), name)
    const first = [...all.keys()].slice(0, 5).join(', ')
    throw new HostError(
      'FILE_NOT_FOUND',
      `there is no "${name}" in models/${folder}${first === '' ? `; put weight files into ${roots.map((root) => path.join(root, folder)).join(' or ')}` : `; it has ${first}`}`,
    )
  }

  return {
    resolve: pathOf,
    peek: pathOf,
    async list(folder) {
      return [...(await listed(folder)).values()].map(({ name, sizeBytes, modifiedMs }) => ({
        name,
        sizeBytes,
        modifiedMs,
      }))
    },
  }
}

async function add(found: Map<string, Listed>, name: string, file: string): Promise<void> {
  const facts = await stat(file).catch(() => undefined)
  if (facts !== undefined)
    found.set(name, { name, sizeBytes: facts.size, modifiedMs: facts.mtimeMs, path: file })
}

/** Weight files below a folder, sorted, links followed; a folder that is not there has none. */
async function walk(folder: string, depth: number): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  const files: string[] = []
  for (const entry of entries.toSorted((a, b) => a.name.localeCompare(b.name))) {
    if (entry.name.startsWith('.')) continue
    const full = path.join(folder, entry.name)
    const kind = entry.isSymbolicLink() ? await stat(full).catch(() => undefined) : entry
    if (kind?.isDirectory() === true && depth > 1) files.push(...(await walk(full, depth - 1)))
    else if (kind?.isFile() === true && EXTENSION.test(entry.name)) files.push(full)
  }
  return files
}
