// A lock between processes, as a file: one setup at a time in a checkout, and no wait for one that was killed.
// The holder touches the file every second. It counts as dead when its process is gone (same machine), or when a
// waiter has looked many times and seen no touch, so neither clocks, nor a machine that slept, nor a process id
// that is used again can keep the lock or break it.
import { randomUUID } from 'node:crypto'
import { readFileSync, renameSync, linkSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'

/** @typedef {{ readonly pid: number, readonly host: string, readonly token: string }} Holder */

/**
 * Takes the lock, waiting for whoever holds it.
 * @param {string} file the lock file's path; its folder exists
 * @param {{ onWait?: (holder: Holder | undefined) => void, staleMs?: number, pollMs?: number }} [options]
 *   `onWait` is called once, when it must wait; `staleMs` (15 000) is how long a silent holder is believed, `pollMs` (200) the time between two looks
 * @returns {Promise<() => void>} gives the lock back
 */
export async function acquireLock(file, { onWait, staleMs = 15_000, pollMs = 200 } = {}) {
  const own = JSON.stringify({ pid: process.pid, host: os.hostname(), token: randomUUID() })
  let seen = ''
  let looks = 0
  let told = false
  while (!tryCreate(file, own)) {
    const holder = observe(file)
    if (holder === undefined) continue
    const sign = `${holder.text} ${holder.touchedAtMs}`
    looks = sign === seen ? looks + 1 : 0
    seen = sign
    if (isGone(holder.parsed) || looks * pollMs > staleMs) {
      evict(file, holder.text)
      continue
    }
    if (!told) onWait?.(holder.parsed)
    told = true
    await sleep(pollMs)
  }
  const heartbeat = setInterval(() => touch(file), Math.min(1000, staleMs / 4))
  heartbeat.unref()
  return function releaseLock() {
    clearInterval(heartbeat)
    if (observe(file)?.text === own) rmSync(file, { force: true })
  }
}

/**
 * @param {string} file
 * @param {string} text
 */
function tryCreate(file, text) {
  try {
    writeFileSync(file, text, { flag: 'wx' })
    return true
  } catch (error) {
    // Windows answers EPERM while a deleted file is still open somewhere.
    if (codeOf(error) === 'EEXIST' || (process.platform === 'win32' && codeOf(error) === 'EPERM'))
      return false
    throw error
  }
}

/**
 * @param {string} file
 * @returns {{ text: string, touchedAtMs: number, parsed: Holder | undefined } | undefined}
 */
function observe(file) {
  try {
    const text = readFileSync(file, 'utf8')
    return { text, touchedAtMs: statSync(file).mtimeMs, parsed: parseHolder(text) }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/**
 * @param {string} text
 * @returns {Holder | undefined} undefined while the holder is still writing its name
 */
function parseHolder(text) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** @param {Holder | undefined} holder */
function isGone(holder) {
  if (holder === undefined || holder.host !== os.hostname()) return false
  try {
    process.kill(holder.pid, 0)
    return false
  } catch (error) {
    return codeOf(error) === 'ESRCH'
  }
}

/**
 * Removes a dead holder's file. Another waiter may have done so and taken the lock since: then the file that was
 * moved away is that waiter's, and is put back.
 * @param {string} file
 * @param {string} deadText
 */
function evict(file, deadText) {
  const aside = `${file}.${randomUUID()}`
  try {
    renameSync(file, aside)
    if (readFileSync(aside, 'utf8') !== deadText) linkSync(aside, file)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'EEXIST') throw error
  } finally {
    rmSync(aside, { force: true })
  }
}

/** @param {string} file */
function touch(file) {
  const now = new Date()
  try {
    utimesSync(file, now, now)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
  }
}

/** @param {unknown} error */
function codeOf(error) {
  return /** @type {NodeJS.ErrnoException} */ (error).code
}
