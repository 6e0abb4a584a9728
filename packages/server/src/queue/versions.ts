/** What a run was made with, as far as this process knows. */
import { readFileSync } from 'node:fs'
import process from 'node:process'
import type { RunVersions } from '@dicache/protocol'

const MANIFEST = new URL('../../package.json', import.meta.url)

/** The version of this program. */
export function programVersion(): string {
  return (JSON.parse(readFileSync(MANIFEST, 'utf8')) as { readonly version: string }).version
}

export function programVersions(): Omit<RunVersions, 'nodeTypes'> {
  return {
    program: programVersion(),
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
  }
}
