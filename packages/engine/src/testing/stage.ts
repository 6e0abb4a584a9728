/** What a test and its nodes share: one decides, the others note down. */

/** What the nodes note down about themselves: one array per test. */
export type Journal = string[]

/** Things that a test decides while a run is going on. */
export type Stage = {
  readonly journal: Journal
  /** What `Wait` nodes wait for, by name. */
  readonly gates: Map<string, Promise<unknown>>
  /** What `World` nodes see. */
  world: string | number
  /** How often `World` nodes were asked for it. */
  asked: number
  /** Called in each turn of a `Repeat`. */
  onTurn?: (times: number) => Promise<void>
}

/** Makes an empty stage. */
export function createStage(): Stage {
  return { journal: [], gates: new Map(), world: 'w0', asked: 0 }
}
