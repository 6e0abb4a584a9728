import { describe, expect, test } from 'vitest'
import { addTallies, closingLine, tallyTests } from '../../scripts/gate/tally.mjs'

const green = {
  success: true,
  numPassedTests: 5,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [],
}

describe('tallyTests', () => {
  test('counts passes, skips and plans', () => {
    expect(tallyTests({ ...green, numPendingTests: 2, numTodoTests: 1 }, 0)).toEqual({
      passed: 5,
      failed: 0,
      skipped: 3,
    })
  })

  test('counts a file that could not be loaded beside failed tests', () => {
    const testResults = [
      { status: 'failed', assertionResults: [] },
      { status: 'failed', assertionResults: [{ status: 'passed' }, { status: 'failed' }] },
      { status: 'passed', assertionResults: [{ status: 'passed' }] },
    ]
    expect(tallyTests({ ...green, success: false, numFailedTests: 1, testResults }, 1).failed).toBe(2)
  })

  test('counts a failure that no test owns: an unhandled error, a filter that matches nothing, no report', () => {
    expect(tallyTests(green, 1).failed).toBe(1)
    expect(tallyTests({ ...green, success: false }, 0).failed).toBe(1)
    expect(tallyTests(undefined, 0)).toEqual({ passed: 0, failed: 1, skipped: 0 })
  })
})

test('the closing line names skips only when there are any', () => {
  const sum = addTallies([
    { passed: 1, failed: 0, skipped: 0 },
    { passed: 2, failed: 1, skipped: 0 },
  ])
  expect(closingLine(sum)).toBe('3 passed, 1 failed')
  expect(closingLine({ ...sum, skipped: 2 })).toBe('3 passed, 1 failed, 2 skipped')
})
