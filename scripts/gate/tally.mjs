// Counts what passed and failed, and words the closing line that other programs read.

/**
 * @typedef {{ readonly passed: number, readonly failed: number, readonly skipped: number }} Tally
 *
 * @typedef {object} VitestReport the part of vitest's JSON report that is counted
 * @property {boolean} success
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {number} numPendingTests
 * @property {number} numTodoTests
 * @property {readonly { readonly status: string, readonly assertionResults: readonly unknown[] }[]} testResults
 */

/** @type {Tally} */
export const NOTHING = { passed: 0, failed: 0, skipped: 0 }

/**
 * @param {VitestReport | undefined} report undefined when vitest ended without one
 * @param {number} exitCode vitest's
 * @returns {Tally} one failure more for each file that could not be loaded, and at least one whenever vitest failed
 */
export function tallyTests(report, exitCode) {
  if (report === undefined) return { ...NOTHING, failed: 1 }
  const brokenFiles = report.testResults.filter(
    (file) => file.status === 'failed' && !hasFailedTest(file),
  ).length
  const failed = report.numFailedTests + brokenFiles
  const failedOtherwise = failed === 0 && (exitCode !== 0 || !report.success)
  return {
    passed: report.numPassedTests,
    failed: failedOtherwise ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  }
}

/** @param {VitestReport['testResults'][number]} file */
function hasFailedTest(file) {
  return file.assertionResults.some((test) => /** @type {{ status: string }} */ (test).status === 'failed')
}

/**
 * @param {readonly Tally[]} tallies
 * @returns {Tally}
 */
export function addTallies(tallies) {
  return tallies.reduce(
    (sum, tally) => ({
      passed: sum.passed + tally.passed,
      failed: sum.failed + tally.failed,
      skipped: sum.skipped + tally.skipped,
    }),
    NOTHING,
  )
}

/**
 * @param {Tally} tally
 * @returns {string} `N passed, N failed`, with `, N skipped` when there are any
 */
export function closingLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}
