/** Which weight files a result was made with: those that its node asked for, and those of everything that went into it (SPEC C-16). */
import type { HostServices } from '@dicache/sdk'
import type { NodeOutput, UsedModel } from '../caching/result-cache.ts'
import { modelKey, type WatchHost } from './watch-host.ts'
import type { Task } from './task.ts'

/**
 * The host for a task's node: which weight files it asks for is noted, and told at once. What the node gave may keep
 * the host for as long as it is cached; `end` lets go of the task.
 */
export function watchModels(
  task: Task,
  services: {
    readonly host: HostServices
    readonly watchHost?: WatchHost
    readonly emitter: { readonly models: (models: readonly UsedModel[]) => void }
  },
): { readonly host: HostServices; readonly end: () => void } {
  const { host, watchHost, emitter } = services
  let note: ((model: UsedModel) => void) | undefined = (model) => {
    task.models = [...task.models.filter((one) => modelKey(one) !== modelKey(model)), model]
    emitter.models([model])
  }
  return {
    host: watchHost === undefined ? host : watchHost((model) => note?.(model)),
    end() {
      note = undefined
    },
  }
}

/** Takes what a task asked for, and what the results that it holds were made with. A list of one source is shared, not copied. */
export function usedModels(task: Task, tasks: ReadonlyMap<string, Task>): readonly UsedModel[] {
  const lists = [task.models, ...sourcesOf(task, tasks).map(({ output }) => output?.models ?? [])]
  const [first = [], ...more] = [...new Set(lists)].filter(({ length }) => length > 0)
  if (more.length === 0) return first
  return [...new Map([first, ...more].flat().map((model) => [modelKey(model), model])).values()]
}

/** The output of a task with the files that it was made with. */
export function withModels(output: NodeOutput, task: Task, tasks: ReadonlyMap<string, Task>): NodeOutput {
  const models = usedModels(task, tasks)
  return models.length === 0 ? output : { ...output, models }
}

/** What went into a task: its sources, or those of its expansion. Raw links are no values, and lazy sources that it did not ask for play no part. */
function sourcesOf(task: Task, tasks: ReadonlyMap<string, Task>): readonly Task[] {
  if (task.expanded !== undefined) return task.holds
  const { node, type } = task.plan
  return [...node.inputs].flatMap(([name, input]) => {
    const port = type.ports.get(name)
    const isLazy = (port ?? type.params.get(name))?.lazy && !task.requested.has(name)
    if (input.kind !== 'link' || isLazy || port?.rawLink) return []
    return tasks.get(input.from) ?? []
  })
}
