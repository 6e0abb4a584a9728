/** Commands that arrange: groups, alignment, subgraphs. */
import { activeTab } from '../../state/app/app-state.ts'
import { align } from '../../state/edit/arrange.ts'
import type { Alignment } from '../../state/edit/arrange.ts'
import { groupNodes, removeGroup } from '../../state/edit/edit-nodes.ts'
import { unwrapSubgraph, wrapInSubgraph } from '../../state/edit/subgraphs.ts'
import type { Context } from '../context.ts'
import { chosen, editGraph, shown } from '../edit-document.ts'
import type { Commands } from './command.ts'

const aligned =
  (how: Alignment): ((context: Context) => void) =>
  (context) =>
    editGraph(context, (graph) => align(graph, chosen(context), how))

export const arrangeCommands: Commands = {
  group: {
    label: 'Group',
    group: 'Arrange',
    keys: 'Ctrl+G',
    run: (context) =>
      editGraph(context, (graph) => groupNodes(graph, context.canvas().bounds(chosen(context)), 'Group')),
  },
  'group-rename': {
    label: 'Rename group',
    group: 'Arrange',
    run: (context, id) => {
      const group = shown(context)?.graph.groups.find((candidate) => candidate.id === id)
      if (group === undefined) return
      context.store.dispatch({
        type: 'overlay',
        overlay: { kind: 'rename', what: 'group', id, value: group.title },
      })
      context.focus('.dialog input')
    },
  },
  'group-remove': {
    label: 'Remove group',
    group: 'Arrange',
    run: (context, id) => editGraph(context, (graph) => removeGroup(graph, id)),
  },
  'align-left': { label: 'Align left', group: 'Arrange', run: aligned('left') },
  'align-right': { label: 'Align right', group: 'Arrange', run: aligned('right') },
  'align-top': { label: 'Align top', group: 'Arrange', run: aligned('top') },
  'align-bottom': { label: 'Align bottom', group: 'Arrange', run: aligned('bottom') },
  'spread-x': { label: 'Spread evenly across', group: 'Arrange', run: aligned('spread-x') },
  'spread-y': { label: 'Spread evenly down', group: 'Arrange', run: aligned('spread-y') },
  'subgraph-make': {
    label: 'Turn into a subgraph',
    group: 'Arrange',
    keys: 'Ctrl+Shift+G',
    run: ({ store }) => {
      const keys = activeTab(store.state())?.selection
      if (keys === undefined || keys.size === 0) return
      const id = crypto.randomUUID()
      store.dispatch({
        type: 'doc.edited',
        edit: (doc, at) => wrapInSubgraph(doc, { at, keys, id, name: 'Subgraph' }),
      })
    },
  },
  'subgraph-unpack': {
    label: 'Unpack subgraph',
    group: 'Arrange',
    run: ({ store }, key) =>
      store.dispatch({ type: 'doc.edited', edit: (doc, at) => unwrapSubgraph(doc, { at, key }) }),
  },
}
