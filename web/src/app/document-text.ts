/** Documents as texts. */
import { stringifyJson } from '@dicache/protocol'
import type { Doc } from '../state/document/document.ts'
import { writeDocument } from '../state/document/write-document.ts'

/** A document as the text of a file. */
export function documentText(doc: Doc): string {
  return `${stringifyJson(writeDocument(doc), 2)}\n`
}
