// `npm run format`: lays out every file the way Biome does; paths after `--` limit it.
import { biome, runQuiet } from './gate/run-tool.mjs'

const paths = process.argv.slice(2)
const { code, output } = await runQuiet([biome, 'format', '--write', ...(paths.length > 0 ? paths : ['.'])])
process.stdout.write(output)
process.exitCode = code
