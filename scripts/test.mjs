// `npm test` (everything) and `npm run check` (all but test/e2e): layout, lint, types, then the tests. Every step
// runs whatever the others say; the last line on stdout is `N passed, N failed`. Arguments go to vitest.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { biome, oxlint, runLoud, runQuiet, tsc, vitest } from './gate/run-tool.mjs'
import { addTallies, closingLine, NOTHING, tallyTests } from './gate/tally.mjs'

/** @typedef {import('./gate/tally.mjs').Tally} Tally */

const args = process.argv.slice(2)
const check = args[0] === '--check'
const filters = check ? args.slice(1) : args

const tally = addTallies([
  await runStep('format', () => judge([biome, 'format', '--max-diagnostics=50', '.'])),
  await runStep('lint', () => judge([oxlint, '--deny-warnings'])),
  await runStep('types', () =>
    judge(
      [tsc, '-p', 'tsconfig.json'],
      [tsc, '-p', 'web/tsconfig.json'],
      [tsc, '-p', 'test/launcher/tsconfig.json'],
      [tsc, '-p', 'test/e2e/tsconfig.json'],
    ),
  ),
  await runStep('tests', runTests),
])
console.log(closingLine(tally))
process.exitCode = tally.failed === 0 ? 0 : 1

/**
 * @param {string} name
 * @param {() => Promise<Tally>} step a step that throws has failed; the next one runs all the same
 */
async function runStep(name, step) {
  const startMs = performance.now()
  const result = await step().catch((error) => {
    console.log(error)
    return { ...NOTHING, failed: 1 }
  })
  const seconds = ((performance.now() - startMs) / 1000).toFixed(1)
  console.log(`${name.padEnd(7)} ${result.failed === 0 ? 'ok    ' : 'FAILED'} ${seconds.padStart(6)} s`)
  return result
}

/**
 * One step, made of commands that must all succeed; what a failing one says is shown.
 * @param {readonly (readonly string[])[]} commands
 * @returns {Promise<Tally>}
 */
async function judge(...commands) {
  let failed = 0
  for (const command of commands) {
    const { code, output } = await runQuiet(command)
    if (code === 0) continue
    failed = 1
    console.log(output.trimEnd())
  }
  return { ...NOTHING, passed: 1 - failed, failed }
}

/** @returns {Promise<Tally>} */
async function runTests() {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'dicache-test-'))
  try {
    const report = path.join(folder, 'report.json')
    const reporters = ['--reporter=minimal', '--reporter=json', `--outputFile.json=${report}`]
    const exclude = check ? ['--exclude=test/e2e/**'] : []
    const code = await runLoud([vitest, 'run', ...reporters, ...exclude, ...filters])
    return tallyTests(readReport(report), code)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** @param {string} file */
function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    console.log(`vitest wrote no report: ${error instanceof Error ? error.message : String(error)}`)
    return undefined
  }
}
