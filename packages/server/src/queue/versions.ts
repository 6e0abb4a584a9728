/** What a run was made with, as far as this process knows. */
import { readFileSync } from 'node:fs'
import process from 'node:process'
import type { RunVersions } from '@dicache/protocol'

const MANIFEST = new URL('../../package.json', import.meta.url)

export function programVersions(): Omit<RunVersions, 'nodeTypes'> {
  const { version: program } = JSON.parse(readFileSync(MANIFEST, 'utf8')) as { readonly version: string }
  return { program, node: process.versions.node, platform: `${process.platform}-${process.arch}` }
}
