/** The rules of the architecture, by what they hold true. A new rule is one more line here and a case in its test. */
import { checkCycles } from './rules/cycles.ts'
import { checkDecisions, checkMachinePaths, checkReadmes } from './rules/documents.ts'
import { checkGiants, checkImports } from './rules/imports.ts'
import { checkManifests } from './rules/manifests.ts'
import { checkAny, checkEnvironment, checkLeftovers, checkLength, checkSilencers } from './rules/source.ts'
import type { Rule } from './workspace.ts'

/** Each rule under the sentence that holds when it finds nothing. */
export const rules: Readonly<Record<string, Rule>> = {
  'imports follow the table': checkImports,
  'third-party giants stay in their folder': checkGiants,
  'no file imports itself round a cycle': checkCycles,
  'package.json names what is imported, and nothing else': checkManifests,
  'no file is over the limit of lines': checkLength,
  'no any': checkAny,
  'nothing silences the compiler': checkSilencers,
  'no work is left for later in a comment': checkLeftovers,
  'only cli and server read the environment': checkEnvironment,
  'every room has a README of one page': checkReadmes,
  'decisions have numbers of their own': checkDecisions,
  'no text holds the path of a machine': checkMachinePaths,
}
