/** Weight files that cannot be used, through the terminal: each has its code and says what to do. */
import { mkdir, writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { temporaryFolder, type TemporaryFolder } from './temporary-folder.ts'
import { dicache, WORKFLOW } from './terminal.ts'
import { fileOf, floats, type Tensors, tinyFlux, withHeader, withHeaderLength } from './weight-files.ts'

const QKV = 'double_blocks.0.img_attn.qkv.weight'
const MLP = 'double_blocks.0.img_mlp.0.weight'
const GOOD = tinyFlux()
const FILE = fileOf(GOOD)

type Case = {
  readonly what: string
  readonly file: Buffer
  /** @defaultValue `broken.safetensors` */
  readonly name?: string
  readonly code: string
  /** What the message says: what was seen, and what to do. */
  readonly says: readonly RegExp[]
}

const CASES: readonly Case[] = [
  {
    what: 'cut off',
    file: FILE.subarray(0, -1000),
    code: 'TRUNCATED_FILE',
    says: [/need \d+/, /Download it again/],
  },
  {
    what: 'empty',
    file: Buffer.alloc(0),
    code: 'TRUNCATED_FILE',
    says: [/0 bytes long/, /Download it again/],
  },
  {
    what: 'a header that is longer than the file',
    file: withHeaderLength(FILE, BigInt(FILE.length)),
    code: 'TRUNCATED_FILE',
    says: [/header claims \d+ bytes, but the file ends/, /Download it again/],
  },
  {
    what: 'a header over 100 MB',
    file: withHeaderLength(FILE, 100_000_001n),
    code: 'HEADER_TOO_LARGE',
    says: [/claims 100000001 bytes; at most 100000000/, /damaged or no safetensors/],
  },
  {
    what: 'a header that is no JSON',
    file: withHeader(FILE, () => '{"a": nothing}'),
    code: 'BAD_HEADER',
    says: [/malformed/, /download it again/],
  },
  {
    what: 'overlapping tensors',
    file: withHeader(FILE, (header) => ({
      ...header,
      again: { dtype: 'F32', shape: [2], data_offsets: [0, 8] },
    })),
    code: 'OVERLAPPING_OFFSETS',
    says: [/overlaps another tensor/, /damaged/],
  },
  {
    what: 'offsets outside the file',
    file: withHeader(FILE, (header) => shifted(header, 1e9)),
    code: 'BAD_OFFSETS',
    says: [/belong to no tensor/, /damaged/],
  },
  {
    what: 'data that ends before it begins',
    file: withHeader(FILE, (header) => ({
      ...header,
      [QKV]: { dtype: 'F32', shape: [1], data_offsets: [8, 4] },
    })),
    code: 'BAD_OFFSETS',
    says: [/ends \(4\) before it begins \(8\)/, new RegExp(QKV)],
  },
  {
    what: 'an element type that nobody knows',
    file: withHeader(FILE, (header) => ({ ...header, [QKV]: { ...header[QKV], dtype: 'F3' } })),
    code: 'WRONG_DTYPE',
    says: [/"F3" is unknown/, new RegExp(QKV)],
  },
  {
    what: 'whole numbers where weights are needed',
    file: fileOf(changed({ [QKV]: { ...tensor(QKV), dtype: 'I32' } })),
    code: 'WRONG_DTYPE',
    says: [/stored as I32/, /expected F32, F16, BF16/, new RegExp(QKV)],
  },
  {
    what: 'a matrix of another shape',
    file: fileOf(changed({ [MLP]: floats([256, 32], () => 0) })),
    code: 'WRONG_SHAPE',
    says: [/is \[256, 32\] where \[256, 64\] is needed/, new RegExp(MLP)],
  },
  {
    what: 'missing keys',
    file: fileOf(without('double_blocks.0.img_attn.proj.weight', 'double_blocks.0.txt_mlp.2.bias')),
    code: 'MISSING_KEYS',
    says: [
      /2 tensors are missing/,
      /img_attn\.proj\.weight/,
      /txt_mlp\.2\.bias/,
      /incomplete, or of another model/,
    ],
  },
  {
    what: 'a pickle',
    name: 'old.ckpt',
    file: Buffer.from('80027d71002e', 'hex'),
    code: 'PICKLE_FILE',
    says: [/pickle/, /\.safetensors version/],
  },
  {
    what: 'a zipped pickle under another name',
    file: Buffer.concat([Buffer.from('PK\u0003\u0004\u0014\u0000'), Buffer.alloc(600)]),
    code: 'PICKLE_FILE',
    says: [/pickle/, /\.safetensors version/],
  },
  {
    what: 'a GGUF file',
    name: 'model.gguf',
    file: Buffer.from('GGUF\u0003\u0000\u0000\u0000 and more'),
    code: 'GGUF_FILE',
    says: [/\.safetensors version/],
  },
  {
    what: 'a git-lfs pointer',
    file: Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n'),
    code: 'LFS_POINTER',
    says: [/git lfs pull/],
  },
  {
    what: 'a web page',
    file: Buffer.from('<!doctype html><title>Sign in</title>'),
    code: 'NOT_SAFETENSORS',
    says: [/web page/, /Download it again/],
  },
  {
    what: 'an unknown family',
    file: fileOf({ 'blocks.0.secret.weight': floats([2, 3], () => 0) }),
    code: 'UNKNOWN_FAMILY',
    says: [
      /no family this version knows/,
      /a FLUX\.1 transformer is needed/,
      /Seen: 1 tensors: blocks\.0\.secret\.weight F32 \[2, 3\]/,
    ],
  },
]

let home: TemporaryFolder
beforeAll(async () => {
  home = await temporaryFolder()
  const write = async (number: number | string, name: string, file: Buffer): Promise<void> => {
    const folder = home.at('models', 'diffusion_models', String(number))
    await mkdir(folder, { recursive: true })
    await writeFile(`${folder}/${name}`, file)
  }
  await write('good', 'tiny.safetensors', FILE)
  for (const [number, { name = 'broken.safetensors', file }] of CASES.entries())
    await write(number, name, file)
})
afterAll(() => home[Symbol.asyncDispose]())

const run = (model: string) =>
  dicache([
    'run',
    WORKFLOW,
    '--home',
    home.path,
    '--set',
    `1.model=${model}`,
    '--set',
    'steps=1',
    '--out',
    home.at('out'),
  ])

describe.concurrent('run with a weight file of the user', () => {
  it('takes one that is right', async () => {
    const { code, stdout } = await run('good/tiny.safetensors')
    expect(stdout).toMatch(/emoji_\d+_\.png/)
    expect(code).toBe(0)
  })

  for (const [number, { what, name = 'broken.safetensors', code, says }] of CASES.entries()) {
    it(`refuses ${what}: ${code}`, async () => {
      const end = await run(`${number}/${name}`)
      const message = end.stderr.split('\n').filter((line) => line.startsWith(`error ${code}`))
      expect(message, end.stderr).toHaveLength(1)
      for (const words of says) expect(message[0]).toMatch(words)
      expect(message[0]).toContain(name)
      expect(end.code).toBe(2)
      expect(end.stdout).toBe('')
      expect(end.stderr).not.toMatch(/^\s+at |onnxruntime/m)
    })
  }
})

function tensor(name: string): Tensors[string] {
  const found = GOOD[name]
  if (found === undefined) throw new Error(`the test names ${name}, which is no tensor of the file`)
  return found
}

function changed(tensors: Tensors): Tensors {
  for (const name of Object.keys(tensors)) tensor(name)
  return { ...GOOD, ...tensors }
}

function without(...names: string[]): Tensors {
  for (const name of names) tensor(name)
  return Object.fromEntries(Object.entries(GOOD).filter(([name]) => !names.includes(name)))
}

/** The tensor that lies last is moved on by so many bytes. */
function shifted(
  header: Readonly<Record<string, { readonly data_offsets: readonly [number, number] }>>,
  bytes: number,
): object {
  const [name, entry] =
    Object.entries(header)
      .toSorted(([, a], [, b]) => a.data_offsets[1] - b.data_offsets[1])
      .at(-1) ?? []
  if (name === undefined || entry === undefined) throw new Error('the file has no tensors')
  const [begin, end] = entry.data_offsets
  return { ...header, [name]: { ...entry, data_offsets: [begin + bytes, end + bytes] } }
}
