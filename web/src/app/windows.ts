/** Which window of the browser this is: each keeps drafts of its own, and takes over those of windows that are gone. */

const ID_KEY = 'dicache-window'
const LOCK = 'dicache-window:'
/** How long the window that this one was a moment ago, before a reload, may need to let go. */
const RELOAD_MS = 400

export type OwnWindow = {
  readonly id: string
  /** Whether this is a new window, or one that was loaded again. */
  readonly isNew: boolean
  /** Whether the window with an id is gone. */
  readonly isGone: (id: string) => boolean
}

/** Finds out. A window that is a copy of another one counts as new. */
export async function claimWindow(): Promise<OwnWindow> {
  const known = stored()
  // Only pages of this machine, or over HTTPS, have locks; elsewhere nobody knows who is gone.
  if (navigator.locks === undefined)
    return { ...named(known ?? crypto.randomUUID()), isNew: known === null, isGone: () => true }
  const isOwn = known !== null && (await hold(known))
  const { id } = named(isOwn ? known : crypto.randomUUID())
  if (!isOwn) await hold(id)
  const { held = [] } = await navigator.locks.query()
  const alive = new Set(held.map(({ name }) => name))
  return { id, isNew: !isOwn, isGone: (other) => !alive.has(LOCK + other) }
}

function stored(): string | null {
  try {
    return sessionStorage.getItem(ID_KEY)
  } catch {
    // A browser that forbids storage: nothing is kept there, whatever the window is called.
    return null
  }
}

function named(id: string): { readonly id: string } {
  try {
    sessionStorage.setItem(ID_KEY, id)
  } catch {
    // The same.
  }
  return { id }
}

/** Takes the lock of a window for as long as the page lives; false when another page has it. */
function hold(id: string): Promise<boolean> {
  return new Promise((resolve) => {
    navigator.locks
      .request(LOCK + id, { signal: AbortSignal.timeout(RELOAD_MS) }, () => {
        resolve(true)
        return new Promise<never>(() => undefined)
      })
      .catch(() => resolve(false))
  })
}
