/** Holds the state, and tells at once whoever follows it. */
import type { Action } from '../state/app/actions.ts'
import type { AppState } from '../state/app/app-state.ts'
import { reduce } from '../state/app/reduce.ts'

export type Store = {
  readonly state: () => AppState
  readonly dispatch: (action: Action) => void
  /** Called after every change, with the state before it; gives how to end that. */
  readonly follow: (listener: (state: AppState, before: AppState) => void) => () => void
}

export function createStore(initial: AppState): Store {
  let state = initial
  const listeners = new Set<(state: AppState, before: AppState) => void>()
  return {
    state: () => state,
    dispatch(action) {
      const before = state
      state = reduce(state, action)
      if (state !== before) for (const listener of listeners) listener(state, before)
    },
    follow(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
