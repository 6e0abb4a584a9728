/** The import table of the project as data: what each room may import, and the reason that a failure gives. */

/** What one room's source files may import. Anything not named is forbidden. */
export type Room = {
  /** Whether its imports are its own affair: tests and tools may use everything. */
  readonly free?: true
  /** Rooms, by folder: `tensor` is packages/tensor, `nodes/image` is nodes/image. */
  readonly rooms: readonly string[]
  /** Rooms that only a dynamic `import()` may name. */
  readonly dynamicRooms?: readonly string[]
  /** Whether `import(name)` may take a name that is only known at run time. */
  readonly computedImports?: true
  /** npm packages. */
  readonly packages: readonly string[]
  /** Node's modules, without the `node:` prefix. */
  readonly node: 'all' | readonly string[]
  /** Whether its code may read `process.env`. */
  readonly env?: true
  /** Follows the message of every forbidden import. */
  readonly why: string
}

const NODE_PACK: Room = {
  rooms: ['sdk', 'tensor'],
  packages: [],
  node: 'all',
  why: 'a pack sees the sdk and tensors, so that it runs wherever the host does',
}

const FREE: Room = {
  free: true,
  rooms: [],
  packages: [],
  node: 'all',
  env: true,
  why: 'it may use everything',
}

/** Every room of the workspace. */
export const rooms: Readonly<Record<string, Room>> = {
  protocol: {
    rooms: [],
    packages: ['ajv'],
    node: [],
    why: 'its words are shared by browser, server and disk, so it loads anywhere and depends on no sibling',
  },
  tensor: {
    rooms: [],
    packages: [],
    node: [],
    why: 'it is the ground floor: plain data that loads anywhere',
  },
  sdk: {
    rooms: ['protocol', 'tensor'],
    packages: [],
    node: [],
    why: 'pack authors import it, and it must bring nothing else along',
  },
  engine: {
    rooms: ['protocol', 'sdk'],
    packages: [],
    node: [],
    why: 'it runs any document with any nodes, and touches no file, network or device',
  },
  weights: {
    rooms: ['tensor'],
    packages: [],
    node: ['fs', 'fs/promises', 'path'],
    why: 'it reads weight files and knows nothing of what is made from them',
  },
  onnx: {
    rooms: ['tensor'],
    packages: ['@bufbuild/protobuf'],
    node: [],
    why: 'it knows ONNX, and no model, file or runtime',
  },
  models: {
    rooms: ['weights', 'onnx', 'tensor'],
    packages: ['@huggingface/tokenizers'],
    node: ['path'],
    why: 'it describes graphs, reads files only through weights, and runs nothing',
  },
  runtime: {
    rooms: ['tensor', 'onnx'],
    packages: ['onnxruntime-node'],
    node: 'all',
    why: 'it runs graphs for whoever asks, and knows no engine, sampler or node',
  },
  diffusion: {
    rooms: ['tensor'],
    packages: [],
    node: [],
    why: 'it is the method alone: it names the functions it needs, and is given them',
  },
  verify: {
    rooms: ['tensor', 'weights', 'onnx', 'models', 'runtime', 'diffusion', 'nodes/diffusion'],
    packages: [],
    node: 'all',
    why: 'it holds the numerical rooms to fixtures, and needs no engine or server for that',
  },
  host: {
    rooms: ['protocol', 'sdk', 'engine', 'runtime'],
    dynamicRooms: ['nodes/*'],
    computedImports: true,
    packages: ['@dagrejs/dagre'],
    node: 'all',
    why: 'it composes packs, runtime and engine, packs by dynamic import only, and is used by server and cli',
  },
  server: {
    rooms: ['protocol', 'host'],
    packages: ['@fastify/busboy', 'express', 'helmet', 'pino', 'prom-client', 'sharp', 'socket.io', 'ws'],
    node: 'all',
    env: true,
    why: 'it speaks to clients, and reaches everything that runs through the host',
  },
  cli: {
    rooms: ['protocol', 'host', 'server', 'verify'],
    packages: ['playwright-core'],
    node: 'all',
    env: true,
    why: 'it speaks to a terminal, and reaches everything that runs through the host',
  },
  'emoji-model': {
    rooms: [],
    packages: [],
    node: ['path', 'url'],
    why: 'it is weights and their description',
  },
  'nodes/diffusion': {
    ...NODE_PACK,
    rooms: [...NODE_PACK.rooms, 'diffusion', 'models'],
    packages: ['vega', 'harfbuzzjs', 'sharp'],
  },
  'nodes/image': { ...NODE_PACK, packages: ['sharp'] },
  'nodes/core': NODE_PACK,
  web: {
    rooms: ['protocol'],
    packages: ['lit', 'socket.io-client', 'uplot', 'vite'],
    node: ['fs', 'path'],
    why: 'the editor shares words with the server, and no code',
  },
  test: FREE,
  scripts: FREE,
}

/** The npm packages that any room's tests may import. */
export const TEST_PACKAGES: readonly string[] = [
  'vitest',
  'fast-check',
  'socket.io-client',
  '@saintno/comfyui-sdk',
  'comfy-ui-client',
]

/** The rooms that any room's tests may import: fixtures are tensors in safetensors files. */
export const TEST_ROOMS: readonly string[] = ['tensor', 'weights']

/** A third-party giant and the only folder that touches it. */
export const giants: readonly { readonly packages: readonly string[]; readonly folder: string }[] = [
  { packages: ['onnxruntime-node', 'onnxruntime-common', 'onnxruntime-web'], folder: 'packages/runtime/' },
  { packages: ['litegraph.js', '@comfyorg/litegraph'], folder: 'web/src/canvas/' },
]

/** The most lines that a source file may have. */
export const MAX_LINES = 400

/** The most lines that a room's README may have. */
export const MAX_README_LINES = 60

/**
 * All rooms that can be reached from a room by allowed imports: its tests may import them directly.
 * @param table the import table
 */
export function downhill(table: Readonly<Record<string, Room>>, room: string): ReadonlySet<string> {
  const reached = new Set<string>()
  const visit = (name: string): void => {
    for (const next of table[name]?.rooms ?? []) {
      if (reached.has(next)) continue
      reached.add(next)
      visit(next)
    }
  }
  visit(room)
  return reached
}
