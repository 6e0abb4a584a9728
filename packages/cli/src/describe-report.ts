/** A sampling report in a few lines for the terminal. */
import { isJsonArray, isJsonObject, JsonFloat, type JsonObject, type JsonValue } from '@dicache/protocol'

const MARKS: Readonly<Record<string, string>> = { forced: '█', refreshed: '▓', 'zero-order': '·', dcta: '·' }

type Reported = {
  readonly nodeId: string
  readonly title: string
  readonly name: string
  readonly data: JsonValue
}

/** The sampling reports of a run, each under its node's name where there are several. */
export function describeReports(reports: readonly Reported[]): readonly string[] {
  const sampled = reports.filter(({ name }) => name === 'sampling-report')
  return sampled.flatMap(({ title, nodeId, data }) => [
    ...(sampled.length > 1 ? [`${title} (node ${nodeId})`] : []),
    ...describeReport(data),
  ])
}

/** Lines: what was reused and why, a strip a branch (█ forced, ▓ refreshed, · reused), times. */
function describeReport(data: JsonValue): readonly string[] {
  const report = isJsonObject(data) && isJsonObject(data['report']) ? data['report'] : undefined
  const totals = report !== undefined && isJsonObject(report['totals']) ? report['totals'] : undefined
  if (report === undefined || totals === undefined) return []
  const entries = isJsonArray(report['entries']) ? report['entries'].filter(isJsonObject) : []
  const branches = isJsonArray(report['branches']) ? report['branches'].map(text) : []
  const strips = branches.map((branch) => `  ${branch.padEnd(7)} ${strip(entries, branch)}`)
  return [
    text(report['why']),
    ...(totals['reused'] === 0
      ? []
      : [...strips, '          █ computed (forced)  ▓ computed (threshold reached)  · reused']),
    `  ${number(totals['msPerFullStep'])} ms a computed evaluation${totals['reused'] === 0 ? '' : `, ${number(totals['msPerReusedStep'])} ms a reused one; step ratio ${number(totals['stepRatio'], 2)}, about ${number(totals['estimatedSpeedup'], 2)}× faster than computing all`}; sampling took ${number(totals['wallMs'], 0)} ms`,
  ]
}

function strip(entries: readonly JsonObject[], branch: string): string {
  return entries
    .filter((entry) => entry['branch'] === branch)
    .map((entry) => MARKS[text(entry['decision'])] ?? '?')
    .join('')
}

function number(value: JsonValue | undefined, digits = 1): string {
  const plain = value instanceof JsonFloat ? value.value : value
  return typeof plain === 'number' ? plain.toFixed(digits) : '–'
}

function text(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : ''
}
