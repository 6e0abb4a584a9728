/** What differs between a run of the history and the same run made again. */
import type { RunModel, RunOutput, RunVersions } from '@dicache/protocol'

/** The facts of a run that its result depends on, and its result. */
export type RunFacts = {
  readonly status: string
  readonly versions: RunVersions
  readonly models: readonly RunModel[]
  readonly outputs: readonly RunOutput[]
}

/** One difference. `what` names it, such as `output 9 #1` or `model vae/x.safetensors`. */
export type Difference = { readonly what: string; readonly was: string; readonly is: string }

const ABSENT = 'not there'

/** Differences of results first, then those that may be why. */
export function compareRuns(before: RunFacts, after: RunFacts): readonly Difference[] {
  return [
    ...compareMaps(new Map([['status', before.status]]), new Map([['status', after.status]])),
    ...compareMaps(outputsOf(before), outputsOf(after)),
    ...compareMaps(modelsOf(before, after), modelsOf(after, before)),
    ...compareMaps(versionsOf(before), versionsOf(after)),
  ]
}

function compareMaps(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly Difference[] {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((what) => {
    const [was, is] = [before.get(what) ?? ABSENT, after.get(what) ?? ABSENT]
    return was === is ? [] : [{ what, was, is }]
  })
}

/** By node and place: names count on from what is in the folder, so they may differ. */
function outputsOf({ outputs }: RunFacts): ReadonlyMap<string, string> {
  const places = new Map<string, number>()
  return new Map(
    outputs.map(({ nodeId, sha256, sizeBytes }) => {
      const place = (places.get(nodeId) ?? 0) + 1
      places.set(nodeId, place)
      return [`output ${nodeId} #${place}`, `${sha256} (${sizeBytes} bytes)`]
    }),
  )
}

/** By hash; where one side has none yet, by size and time of change. */
function modelsOf({ models }: RunFacts, other: RunFacts): ReadonlyMap<string, string> {
  const unhashed = new Set(
    [...models, ...other.models].filter(({ sha256 }) => sha256 === undefined).map(modelName),
  )
  return new Map(
    models.map((model) => {
      const { sha256 = '', sizeBytes, modifiedMs } = model
      const state = `${sizeBytes} bytes of ${new Date(modifiedMs).toISOString()}`
      return [`model ${modelName(model)}`, unhashed.has(modelName(model)) ? state : sha256]
    }),
  )
}

function modelName({ folder, name }: RunModel): string {
  return `${folder}/${name}`
}

function versionsOf({ versions: { nodeTypes, device, ...rest } }: RunFacts): ReadonlyMap<string, string> {
  return new Map([
    ...Object.entries(rest),
    ['device', device ?? 'none'] as const,
    ...Object.entries(nodeTypes).map(([type, version]) => [`node type ${type}`, String(version)] as const),
  ])
}
