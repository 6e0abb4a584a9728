/** What is printed, and where: results on stdout, progress and errors on stderr; a bar on a terminal, plain lines elsewhere. */
import process from 'node:process'
import type { ErrorReport } from '@dicache/protocol'

export type Terminal = {
  readonly json: boolean
  /** A line of the result; nothing is printed when JSON was asked for. */
  readonly line: (text: string) => void
  /** The one JSON document of the run, when JSON was asked for. */
  readonly result: (value: unknown) => void
  /** A line beside the result, on stderr. */
  readonly note: (text: string) => void
  /** A line that the next one replaces, on a terminal; on anything else only whole tenths are printed. */
  readonly progress: (label: string, done: number, total: number, detail?: string) => void
  readonly error: (report: ErrorReport) => void
  /** Leaves the progress line behind. */
  readonly end: () => void
}

const BAR = 24

export function createTerminal(options: { readonly json: boolean }): Terminal {
  const bar = process.stderr.isTTY === true
  let open = false
  let lastTenth = ''

  function clear(): void {
    if (open) process.stderr.write('\r\u001B[K')
    open = false
  }

  return {
    json: options.json,
    line(text) {
      clear()
      if (!options.json) process.stdout.write(`${printable(text)}\n`)
    },
    result(value) {
      clear()
      if (options.json) process.stdout.write(`${JSON.stringify(value, replaceBigInt, 2)}\n`)
    },
    note(text) {
      clear()
      process.stderr.write(`${oneLine(text)}\n`)
    },
    progress(label, done, total, detail = '') {
      if (bar) {
        const filled = Math.round((BAR * done) / Math.max(total, 1))
        const text = `${oneLine(label)} ${'█'.repeat(filled)}${'░'.repeat(BAR - filled)} ${done}/${total} ${oneLine(detail)}`
        process.stderr.write(`\r\u001B[K${text.slice(0, (process.stderr.columns || 80) - 1)}`)
        open = true
        return
      }
      const tenth = `${label} ${Math.floor((10 * done) / Math.max(total, 1))}`
      if (tenth === lastTenth || done === 0) return
      lastTenth = tenth
      process.stderr.write(`${oneLine(`${label}: ${done}/${total}${detail === '' ? '' : ` ${detail}`}`)}\n`)
    },
    error(report) {
      clear()
      if (options.json) process.stdout.write(`${JSON.stringify({ error: report }, undefined, 2)}\n`)
      else process.stderr.write(`${oneLine(`error ${report.code}: ${report.message}`)}\n`)
    },
    end: clear,
  }
}

/** Names in files and documents may hold escape sequences: nothing of theirs reaches the terminal. */
function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  return text.replace(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/g, '\uFFFD')
}

function oneLine(text: string): string {
  return printable(text.replace(/\s*[\r\n]+\s*/g, ' ').trimEnd())
}

function replaceBigInt(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value
}
