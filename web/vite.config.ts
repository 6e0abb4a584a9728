/** Builds the editor into `dist`, with the example workflows as its templates. */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { defineConfig, type Plugin, type UserConfig } from 'vite'

const workflows: string = path.resolve(import.meta.dirname, '../workflows')

/** Copies `workflows/*.json`, and a list of them, below `templates/`. */
function templates(): Plugin {
  return {
    name: 'templates',
    generateBundle() {
      const files = readdirSync(workflows).filter((file) => file.endsWith('.json'))
      const list = files.map((file) => {
        const source = readFileSync(path.join(workflows, file), 'utf8')
        this.emitFile({ type: 'asset', fileName: `templates/${file}`, source })
        return { file, ...describe(file, source) }
      })
      this.emitFile({ type: 'asset', fileName: 'templates/index.json', source: JSON.stringify(list) })
    },
  }
}

/** LiteGraph evaluates text in two places that the editor never reaches: they do not ship. */
const EVALUATED: readonly (readonly [what: string, instead: string])[] = [
  ['v = eval(v);', 'v = Number(v);'],
  ['(new Function("with(this) { " + code + "}")).call(this);', ''],
]

function withoutEval(): Plugin {
  return {
    name: 'without-eval',
    transform(code, id) {
      if (!id.includes('litegraph.core.js')) return undefined
      return EVALUATED.reduce((text, [what, instead]) => {
        if (!text.includes(what)) throw new Error(`litegraph.js no longer holds ${what}`)
        return text.replace(what, instead)
      }, code)
    },
  }
}

type Described = { readonly title: string; readonly description: string; readonly nodes: number }

function describe(file: string, source: string): Described {
  const value = JSON.parse(source) as {
    nodes?: readonly { type: string }[]
    extra?: { dicache?: { title?: string; description?: string } }
  }
  const { title, description } = value.extra?.dicache ?? {}
  const types = [...new Set((value.nodes ?? []).map(({ type }) => type))]
  const words = file.replace(/\.json$/, '').replaceAll('-', ' ')
  return {
    title: title ?? words.charAt(0).toUpperCase() + words.slice(1),
    description: description ?? types.join(' · '),
    nodes: value.nodes?.length ?? 0,
  }
}

const config: UserConfig = defineConfig({
  root: import.meta.dirname,
  base: '/',
  plugins: [withoutEval(), templates()],
  build: {
    target: 'es2023',
    outDir: 'dist',
    emptyOutDir: true,
    sourcemap: false,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
  },
})

export default config
