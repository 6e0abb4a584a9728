import path from 'node:path'
import { type Command, readWords } from '../command.ts'
import { createHostFrom, HOST_OPTIONS } from '../host-options.ts'

const FOLDERS = ['diffusion_models', 'checkpoints', 'text_encoders', 'vae', 'loras'] as const

export const command: Command = {
  usage: `dicache models [FILE] [--home DIR] [--models DIR]… [--json]

Without FILE, lists the weight files in the model folders, the bundled model first. With FILE (a .safetensors file, or a folder of
shards), says what it is: family, sizes, stored types, as the loaders would recognise it. Only the header is read.`,
  async run({ args, terminal, env, signal }) {
    const words = readWords(args, HOST_OPTIONS)
    const [file] = words.positionals
    if (file !== undefined) {
      const { describeFile } = await import('@dicache/verify')
      const found = await describeFile(path.resolve(file), signal)
      terminal.line(`${file}: ${found.description}`)
      if (found.kind !== 'unknown') terminal.line(JSON.stringify(found.config, undefined, 2))
      terminal.result(found)
      return 0
    }
    const host = await createHostFrom(words, env)
    try {
      const listed = await Promise.all(
        FOLDERS.map(async (folder) => ({ folder, files: await host.models.list(folder) })),
      )
      for (const { folder, files } of listed) {
        for (const { name, sizeBytes } of files)
          terminal.line(`${folder.padEnd(18)} ${name.padEnd(40)} ${(sizeBytes / 1e6).toFixed(1)} MB`)
      }
      terminal.result({ folders: Object.fromEntries(listed.map(({ folder, files }) => [folder, files])) })
      return 0
    } finally {
      await host.dispose()
    }
  },
}
