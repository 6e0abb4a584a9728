/** A host for tests: real where that needs nothing, and plainly refusing everywhere else. */
import type { FileToSave, HostServices, Resource } from '../host-services.ts'

/** A host that also shows what was saved through it. */
export type TestHost = HostServices & { readonly saved: readonly FileToSave[] }

/** Makes a host. It keeps saved files in memory and memoises resources; give it what else the node needs. */
export function testHost(overrides: Partial<HostServices> = {}): TestHost {
  const saved: FileToSave[] = []
  const resources = new Map<string, Promise<Resource<unknown>>>()
  const refuse = (service: string) => (): Promise<never> =>
    Promise.reject(new Error(`testHost: the test gave no ${service}; pass one to testHost({ … })`))
  return {
    saved,
    device: 'cpu',
    bundledFolder: '',
    openGraph: refuse('openGraph'),
    models: {
      list: () => Promise.resolve([]),
      resolve: refuse('models.resolve'),
      peek: refuse('models.peek'),
    },
    inputs: { list: () => Promise.resolve([]), resolve: refuse('inputs.resolve') },
    outputs: {
      save: (file) => {
        saved.push(file)
        const filename = `${file.prefix}_${String(saved.length).padStart(5, '0')}_.${file.extension}`
        return Promise.resolve({ filename, subfolder: '', type: file.kind })
      },
    },
    resource: async <T>(key: string, create: () => Promise<Resource<T>>): Promise<T> => {
      const made = (resources.get(key) ?? create()) as Promise<Resource<T>>
      resources.set(key, made)
      try {
        return (await made).value
      } catch (fault) {
        resources.delete(key)
        throw fault
      }
    },
    ...overrides,
  }
}
