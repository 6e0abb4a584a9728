/** Checks every case below a folder against this implementation. */
import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import type { Check, VerifyContext } from './check.ts'
import { record, text } from './json.ts'
import { checkOf, uncheckedOf } from './kinds.ts'
import { type OpenedCase, openCase } from './open-case.ts'

/** What became of one case. A case with a failed check, or without any, has not passed. */
export type CaseResult = {
  readonly name: string
  readonly kind: string
  readonly status: 'passed' | 'partly-covered' | 'failed' | 'not-covered'
  readonly checks: readonly Check[]
  /** Expected values that a partly covered case has beside the checked ones. */
  readonly unchecked?: readonly string[]
  /** Why it could not be checked at all. */
  readonly error?: string
}

/** Folders below `root` (itself included) that hold a case.json, sorted. Rejects when `root` is no folder. */
export async function findCases(root: string): Promise<readonly string[]> {
  if (await isFile(path.join(root, 'case.json'))) return [root]
  const entries = await readdir(root, { withFileTypes: true })
  const found = await Promise.all(
    entries.filter((entry) => entry.isDirectory()).map((entry) => findCases(path.join(root, entry.name))),
  )
  return found.flat().toSorted()
}

/** Checks one case folder. Whatever goes wrong in it is its result, never a rejection. */
export async function verifyCase(folder: string, context: VerifyContext): Promise<CaseResult> {
  const name = path.basename(folder)
  let opened: OpenedCase
  try {
    opened = await openCase(folder)
  } catch (error) {
    return { name, kind: 'unknown', status: 'failed', checks: [], error: reason(error) }
  }
  const kind = text(record(opened.json)['kind']) || 'unknown'
  const checks: Check[] = []
  try {
    const check = checkOf(opened.json)
    if (check === undefined) return { name, kind, status: 'not-covered', checks }
    const found = check(opened, context)
    for await (const result of Symbol.asyncIterator in found ? found : await found) checks.push(result)
    const passed = checks.length > 0 && checks.every(({ ok }) => ok)
    const unchecked = uncheckedOf(opened)
    return {
      name,
      kind,
      status: !passed ? 'failed' : unchecked.length > 0 ? 'partly-covered' : 'passed',
      checks,
      ...(unchecked.length === 0 ? {} : { unchecked }),
      ...(checks.length === 0 ? { error: 'nothing was checked' } : {}),
    }
  } catch (error) {
    return { name, kind, status: 'failed', checks, error: reason(error) }
  } finally {
    await opened.close()
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

async function isFile(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined))?.isFile() === true
}
