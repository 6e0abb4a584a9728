/** The packs that come with the program, and the bundled model's place. */
import { createRequire } from 'node:module'
import path from 'node:path'
import type { Pack } from '@dicache/sdk'
import { HostError } from '@dicache/protocol'
import type { BundledModels } from './model-folders.ts'

const PACKS = ['@dicache/nodes-diffusion', '@dicache/nodes-image'] as const

/** Loads the built-in packs. @throws HostError BAD_PACK when one does not export a pack. */
export async function loadBuiltInPacks(): Promise<readonly Pack[]> {
  return Promise.all(PACKS.map(loadPack))
}

/** Loads a pack by the name of its package, or its file URL. @throws HostError BAD_PACK */
export async function loadPack(name: string): Promise<Pack> {
  const module: unknown = await import(name)
  const pack: unknown =
    typeof module === 'object' && module !== null && 'pack' in module ? module.pack : undefined
  if (!isPack(pack))
    throw new HostError(
      'BAD_PACK',
      `the package ${name} exports no pack: it needs "export const pack = definePack(…)"`,
    )
  return pack
}

function isPack(value: unknown): value is Pack {
  return (
    typeof value === 'object' &&
    value !== null &&
    'name' in value &&
    'nodes' in value &&
    Array.isArray(value.nodes)
  )
}

/** The bundled emoji model: its folder, and the names under which loaders offer its files. */
export function bundledModels(): BundledModels {
  const manifest = createRequire(import.meta.url).resolve('@dicache/emoji-model/package.json')
  return {
    folder: path.join(path.dirname(manifest), 'model'),
    files: {
      diffusion_models: { emoji: 'flux-emoji.safetensors' },
      text_encoders: { 'emoji-t5': 't5-emoji.safetensors', 'emoji-clip': 'clip-emoji.safetensors' },
      vae: { 'emoji-ae': 'ae-emoji.safetensors' },
    },
  }
}
