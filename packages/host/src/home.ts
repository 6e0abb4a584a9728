/** The folders that belong to a user: models, inputs, outputs, packs. */
import path from 'node:path'

export type HomeFolders = {
  readonly home: string
  /** Folders with ComfyUI's sub-folders in them, the user's own first. */
  readonly models: readonly string[]
  readonly input: string
  readonly output: string
  readonly temp: string
}

/** Lays the folders out. Nothing is created: a folder appears when something is written into it. */
export function homeFolders(
  home: string,
  options: { readonly models?: readonly string[]; readonly output?: string; readonly temp?: string } = {},
): HomeFolders {
  return {
    home,
    models: [path.join(home, 'models'), ...(options.models ?? [])].map((folder) => path.resolve(folder)),
    input: path.resolve(home, 'input'),
    output: path.resolve(options.output ?? path.join(home, 'output')),
    temp: path.resolve(options.temp ?? path.join(home, 'temp')),
  }
}
