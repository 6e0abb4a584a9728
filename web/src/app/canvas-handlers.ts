/** What gestures on the canvas become. */
import type { CanvasHandlers, MenuTarget } from '../canvas/canvas-handle.ts'
import { inputFile, uploadPicture, urlOf } from '../server/files.ts'
import { activeTab } from '../state/app/app-state.ts'
import type { MenuItem } from '../state/app/app-state.ts'
import { valueText, widgetValue } from '../state/document/widgets.ts'
import { keepFitted } from './camera.ts'
import { runCommand } from './commands/commands.ts'
import type { Context } from './context.ts'
import { tell } from './documents.ts'
import { editGraph, editValue, shown } from './edit-document.ts'
import { openSearch } from './search.ts'
import { catchUp } from './runs.ts'

export function canvasHandlers(context: Context): CanvasHandlers {
  const { store } = context
  return {
    edit: (change, merge) => editGraph(context, change, { merge }),
    select: (keys, how) => store.dispatch({ type: 'selected', keys, how }),
    search: (wish) => openSearch(context, wish),
    menu(target, { clientX, clientY }) {
      store.dispatch({
        type: 'overlay',
        overlay: { kind: 'menu', x: clientX, y: clientY, items: menuItems(context, target) },
      })
      context.focus('.menu button')
    },
    editValue: ({ key, param, box }) =>
      store.dispatch({ type: 'overlay', overlay: { kind: 'value', key, param, box } }),
    upload: (key, param) => choosePicture(context, key, param),
    openSubgraph: (_key, id) => store.dispatch({ type: 'subgraph.opened', id }),
    renameNode: (key) => runCommand(context, `rename:${key}`),
    renameGroup: (id) => runCommand(context, `group-rename:${id}`),
    viewChanged(camera) {
      // Every gesture ends with this, also one that moved nothing.
      const old = activeTab(store.state())?.camera
      const same = (a: number, b: number | undefined): boolean =>
        Math.fround(a) === Math.fround(b ?? Number.NaN)
      if (same(camera.scale, old?.scale) && camera.offset.every((value, at) => same(value, old?.offset[at])))
        return
      store.dispatch({ type: 'camera.moved', camera })
    },
    gestureBegan: () => {
      if (store.state().overlay !== undefined) store.dispatch({ type: 'overlay', overlay: undefined })
    },
    resized: () => keepFitted(context),
    filesOf(key) {
      const node = shown(context)?.graph.nodes.get(key)
      const manifest = node && store.state().catalog.nodes.get(node.type)
      const param = manifest?.params.find(
        (candidate) => candidate.kind === 'choice' && candidate.upload === 'image',
      )
      if (node === undefined || manifest === undefined || param === undefined) return []
      const file = inputFile(valueText(widgetValue(node, manifest, param.name)))
      return file === undefined ? [] : [file]
    },
    urlOf,
  }
}

function choosePicture(context: Context, key: string, param: string): void {
  const input = document.createElement('input')
  input.type = 'file'
  input.accept = 'image/*'
  input.addEventListener('change', () => {
    const [file] = input.files ?? []
    if (file === undefined) return
    void tell(context, async () => {
      const name = await uploadPicture(file)
      await catchUp(context)
      editValue(context, { key, name: param, value: name })
    })
  })
  input.click()
}

const SEVERAL: readonly MenuItem[] = [
  { label: 'Align left', command: 'align-left' },
  { label: 'Align top', command: 'align-top' },
  { label: 'Align right', command: 'align-right' },
  { label: 'Align bottom', command: 'align-bottom' },
  { label: 'Spread across', command: 'spread-x' },
  { label: 'Spread down', command: 'spread-y' },
]

function menuItems(context: Context, target: MenuTarget): readonly MenuItem[] {
  switch (target.kind) {
    case 'link':
      return [{ label: 'Remove link', command: `link-remove:${target.id}`, danger: true }]
    case 'group':
      return [
        { label: 'Rename group', command: `group-rename:${target.id}` },
        { label: 'Remove group', command: `group-remove:${target.id}`, danger: true },
        { label: 'Add a node', hint: 'Tab', command: 'add' },
      ]
    case 'canvas':
      return [
        { label: 'Add a node', hint: 'Tab', command: 'add' },
        { label: 'Paste', hint: 'Ctrl+V', command: 'paste' },
        { label: 'Choose all', hint: 'Ctrl+A', command: 'select-all' },
        { label: 'Show everything', hint: '.', command: 'fit' },
        { label: 'Undo', hint: 'Ctrl+Z', command: 'undo' },
      ]
    case 'node':
      return nodeItems(context, target.key)
  }
}

function nodeItems(context: Context, key: string): readonly MenuItem[] {
  const view = shown(context)
  const node = view?.graph.nodes.get(key)
  const subgraph = node !== undefined && view?.tab.doc.subgraphs.has(node.type) === true
  const output = node !== undefined && context.store.state().catalog.nodes.get(node.type)?.output === true
  return [
    { label: 'Settings and help', hint: 'I', command: 'node' },
    ...(output ? [{ label: 'Run only up to here', command: `run-node:${key}` }] : []),
    ...(subgraph && node !== undefined
      ? [
          { label: 'Open subgraph', command: `subgraph-open:${node.type}` },
          { label: 'Unpack subgraph', command: `subgraph-unpack:${key}` },
        ]
      : []),
    { label: 'Rename', hint: 'F2', command: `rename:${key}` },
    { label: 'Copy', hint: 'Ctrl+C', command: 'copy' },
    { label: 'Duplicate', hint: 'Ctrl+D', command: 'duplicate' },
    { label: 'Mute', hint: 'Ctrl+M', command: 'mute' },
    { label: 'Bypass', hint: 'Ctrl+B', command: 'bypass' },
    { label: 'Collapse', hint: 'Alt+C', command: 'collapse' },
    { label: 'Group', hint: 'Ctrl+G', command: 'group' },
    { label: 'Turn into a subgraph', hint: 'Ctrl+Shift+G', command: 'subgraph-make' },
    ...((view?.tab.selection.size ?? 0) > 1 ? SEVERAL : []),
    { label: 'Delete', hint: 'Del', command: 'delete', danger: true },
  ]
}
