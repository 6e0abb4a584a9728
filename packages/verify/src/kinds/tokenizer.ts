/** Golden checks of kind `tokenizer`: strings to ids, every id equal, by every tokenizer.json of the case. */
import { loadTokenizer } from '@dicache/models'
import { type CaseReader, type Check, failedCheck } from '../check.ts'
import { list, numbersOf, record, text } from '../json.ts'

const ENDING = '.tokenizer.json'

/** True for cases that hold tokenizer.json files. */
export function coversTokenizer(json: unknown): boolean {
  return filesOf(json).length > 0
}

/** One check a tokenizer; `worst` is the number of strings with wrong ids. */
export async function checkTokenizer(c: CaseReader): Promise<readonly Check[]> {
  const rows = list(await c.readJson('strings.json')).map(record)
  return Promise.all(
    filesOf(c.json).map(async (file) => {
      const tokenizer = loadTokenizer(await c.readJson(file))
      const name = file.slice(0, -ENDING.length)
      const expecting = rows.filter((row) => Array.isArray(row[name]))
      if (expecting.length === 0) return failedCheck(file, 'strings.json has no ids for it')
      const wrong = expecting.filter(
        (row) => tokenizer.encode(text(row['text'])).join() !== numbersOf(row[name]).join(),
      )
      const [first] = wrong
      const examples =
        first === undefined ? '' : `; the first with wrong ids: ${JSON.stringify(text(first['text']))}`
      const note = `strings with wrong ids, of ${expecting.length}${examples}`
      return { name: file, worst: wrong.length, tolerance: 0, ok: wrong.length === 0, note }
    }),
  )
}

function filesOf(json: unknown): readonly string[] {
  return Object.keys(record(record(json)['files'])).filter((file) => file.endsWith(ENDING))
}
