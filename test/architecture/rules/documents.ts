/** What the texts around the sources promise: a README a room, numbered decisions, nothing of anyone's machine. */
import { MAX_README_LINES } from '../rooms.ts'
import { folderOf, type Rule } from '../workspace.ts'

/** Fails on a room without a README, or with one that is longer than a page. */
export const checkReadmes: Rule = ({ manifests, files }) =>
  [...manifests.keys()].flatMap((room) => {
    const path = `${folderOf(room)}/README.md`
    const text = files.get(path)
    if (text === undefined) return [{ path, message: 'is missing: every room says why it exists' }]
    const lines = text.trimEnd().split('\n').length
    return lines > MAX_README_LINES ? [{ path, message: `has ${lines} lines, over ${MAX_README_LINES}` }] : []
  })

/** Fails on decisions that share a number, and on names that are not `NNNN-words.md`. */
export const checkDecisions: Rule = ({ files }) => {
  const names = [...files.keys()].filter((path) => path.startsWith('docs/adr/'))
  const byNumber = Map.groupBy(names, (path) => path.slice('docs/adr/'.length).split('-').at(0) ?? '')
  return [
    ...names
      .filter((path) => !/^docs\/adr\/\d{4}-[a-z0-9]+(?:-[a-z0-9]+)*\.md$/.test(path))
      .map((path) => ({ path, message: 'is not named NNNN-words.md' })),
    ...[...byNumber]
      .filter(([, paths]) => paths.length > 1)
      .map(([number, paths]) => ({ path: paths.join(', '), message: `share the number ${number}` })),
  ]
}

/** Fails on an absolute path of some machine, in any committed text. */
export const checkMachinePaths: Rule = ({ files }) =>
  [...files].flatMap(([path, text]) =>
    text.split('\n').flatMap((line, index) => {
      const match = /(?<![\w./@-])\/(?:work|farm|root|tmp|home|Users)\/|(?<!\w)[A-Z]:\\+Users\\/.exec(line)
      return match === null
        ? []
        : [
            {
              path,
              line: index + 1,
              message: `holds the path of a machine: ${line.slice(match.index, match.index + 40)}`,
            },
          ]
    }),
  )
