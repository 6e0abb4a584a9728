/** Keys: which command each calls. */
import { runCommand } from './commands/commands.ts'
import type { Context } from './context.ts'

const KEYS: Readonly<Record<string, string>> = {
  'mod+enter': 'run',
  'mod+alt+enter': 'cancel',
  'mod+z': 'undo',
  'mod+shift+z': 'redo',
  'mod+y': 'redo',
  'mod+d': 'duplicate',
  'mod+a': 'select-all',
  'mod+m': 'mute',
  'mod+b': 'bypass',
  'mod+g': 'group',
  'mod+shift+g': 'subgraph-make',
  'mod+s': 'save',
  'mod+shift+s': 'save-as',
  'mod+o': 'open',
  'alt+c': 'collapse',
  'alt+n': 'new',
  f2: 'rename',
  delete: 'delete',
  backspace: 'delete',
  '.': 'fit',
  '+': 'zoom-in',
  '=': 'zoom-in',
  '-': 'zoom-out',
  'shift+?': 'help',
  '?': 'help',
  w: 'workflows',
  n: 'nodes',
  q: 'queue',
  g: 'gallery',
  i: 'node',
  d: 'dicache',
}

/** Commands that work while a field has the focus. */
const EVERYWHERE = new Set(['run', 'cancel', 'save', 'save-as', 'open'])

/** Listens to keys of the page. */
export function listenToKeys(context: Context): void {
  window.addEventListener(
    'pointerdown',
    ({ target }) => {
      const kind = context.store.state().overlay?.kind
      if (kind !== 'value' && kind !== 'search' && kind !== 'menu') return
      if (target instanceof Element && target.closest('.veil') === null) runCommand(context, 'close')
    },
    { capture: true },
  )
  window.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') {
      const { overlay } = context.store.state()
      if (overlay === undefined) return
      event.preventDefault()
      runCommand(context, 'close')
      context.focus('#canvas')
      return
    }
    const typing = isField(event.target)
    // Tab on the canvas adds a node; everywhere else it moves the focus.
    const onCanvas = event.target instanceof HTMLCanvasElement
    if (event.key === 'Tab' && onCanvas && !event.shiftKey) {
      event.preventDefault()
      return runCommand(context, 'add')
    }
    const command = KEYS[nameOf(event)]
    if (command === undefined || (typing && !EVERYWHERE.has(command))) return
    if (context.store.state().overlay !== undefined && !EVERYWHERE.has(command)) return
    event.preventDefault()
    runCommand(context, command)
  })
}

function nameOf(event: KeyboardEvent): string {
  const parts = [
    event.ctrlKey || event.metaKey ? 'mod' : '',
    event.altKey ? 'alt' : '',
    event.shiftKey ? 'shift' : '',
    event.key.toLowerCase(),
  ]
  return parts.filter((part) => part !== '').join('+')
}

/** Whether typing goes into an element. */
export function isField(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(?:input|textarea|select)$/i.test(target.tagName))
  )
}
