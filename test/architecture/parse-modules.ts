/** Reads what the rules ask about from TypeScript and JavaScript sources, with the TypeScript compiler's parser. */
import {
  isBindingElement,
  isCallExpression,
  isElementAccessExpression,
  isExportDeclaration,
  isIdentifier,
  isExternalModuleReference,
  isImportDeclaration,
  isImportEqualsDeclaration,
  isImportSpecifier,
  isImportTypeNode,
  isJsxText,
  isObjectBindingPattern,
  isPropertyAccessExpression,
  isRegularExpressionLiteral,
  isStringLiteralLikeNode,
  isTemplateLiteralToken,
  isVariableDeclaration,
  type Node,
  type SourceFile,
  SyntaxKind,
} from 'typescript/unstable/ast'
import { createVirtualFileSystem } from 'typescript/unstable/fs'
import { API } from 'typescript/unstable/async'

/** An import of any kind; `specifier` is undefined where the name is computed at run time. */
export type ModuleImport = {
  readonly kind: 'static' | 'dynamic' | 'type'
  readonly specifier: string | undefined
  readonly line: number
}

/** What one source file says, as far as a rule asks. Lines count from 1. */
export type ParsedModule = {
  readonly imports: readonly ModuleImport[]
  readonly strings: readonly { readonly text: string; readonly line: number }[]
  readonly comments: readonly { readonly text: string; readonly line: number }[]
  readonly anyLines: readonly number[]
  readonly envLines: readonly number[]
}

/**
 * Parses sources without resolving or checking them.
 * @param sources text by path
 */
export async function parseModules(
  sources: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, ParsedModule>> {
  const at = (path: string): string => `/source/${path}`
  const compilerOptions = { noResolve: true, noLib: true, types: [], allowJs: true, jsx: 'preserve' }
  const config = JSON.stringify({ compilerOptions, files: [...sources.keys()].map(at) })
  const files = Object.fromEntries([...sources].map(([path, text]) => [at(path), text]))
  const api = new API({ fs: createVirtualFileSystem({ ...files, '/source/tsconfig.json': config }) })
  try {
    const snapshot = await api.updateSnapshot({ openProjects: ['/source/tsconfig.json'] })
    const project = snapshot.getProjects()[0]
    const parsed = new Map<string, ParsedModule>()
    for (const path of sources.keys()) {
      const file = await project?.program.getSourceFile(at(path))
      if (file === undefined) throw new Error(`the TypeScript parser did not take ${path}`)
      parsed.set(path, readModule(file))
    }
    return parsed
  } finally {
    await api.close()
  }
}

function readModule(file: SourceFile): ParsedModule {
  const imports: ModuleImport[] = []
  const strings: { text: string; line: number }[] = []
  const anyLines: number[] = []
  const envLines: number[] = []
  const literalSpans: [start: number, end: number][] = []
  const starts = file.getLineStarts()
  const lineOf = (position: number): number => starts.findLastIndex((start) => start <= position) + 1
  const visit = (node: Node): void => {
    const line = lineOf(node.getStart(file))
    const found = readImport(node)
    if (found !== undefined) imports.push({ ...found, line })
    if (isStringLiteralLikeNode(node)) strings.push({ text: node.text, line })
    if (isLiteral(node)) literalSpans.push([node.getStart(file), node.getEnd()])
    if (node.kind === SyntaxKind.AnyKeyword) anyLines.push(line)
    if (readsEnvironment(node)) envLines.push(line)
    node.forEachChild(visit)
  }
  visit(file)
  const comments = readComments(file.text, literalSpans).map(({ text, position }) => ({
    text,
    line: lineOf(position),
  }))
  return { imports, strings, comments, anyLines, envLines }
}

function readImport(node: Node): Omit<ModuleImport, 'line'> | undefined {
  if (isImportDeclaration(node)) {
    const type = node.importClause?.phaseModifier === SyntaxKind.TypeKeyword
    return { kind: type ? 'type' : 'static', specifier: literalText(node.moduleSpecifier) }
  }
  if (isExportDeclaration(node) && node.moduleSpecifier !== undefined) {
    return { kind: node.isTypeOnly ? 'type' : 'static', specifier: literalText(node.moduleSpecifier) }
  }
  if (isImportEqualsDeclaration(node) && isExternalModuleReference(node.moduleReference)) {
    return { kind: 'static', specifier: literalText(node.moduleReference.expression) }
  }
  if (isImportTypeNode(node)) {
    return { kind: 'type', specifier: /^import\(\s*['"](.*?)['"]/.exec(node.getText())?.[1] }
  }
  if (isCallExpression(node) && node.expression.kind === SyntaxKind.ImportKeyword) {
    return { kind: 'dynamic', specifier: literalText(node.arguments[0]) }
  }
  if (isCallExpression(node) && isIdentifier(node.expression) && node.expression.text === 'require') {
    return { kind: 'static', specifier: literalText(node.arguments[0]) }
  }
  return undefined
}

function literalText(node: Node | undefined): string | undefined {
  return node !== undefined && isStringLiteralLikeNode(node) ? node.text : undefined
}

function isLiteral(node: Node): boolean {
  return (
    isStringLiteralLikeNode(node) ||
    isTemplateLiteralToken(node) ||
    isRegularExpressionLiteral(node) ||
    isJsxText(node)
  )
}

/** `process.env`, `process['env']`, `const { env } = process` and `import { env } from 'node:process'`. */
function readsEnvironment(node: Node): boolean {
  if (isPropertyAccessExpression(node)) return node.name.getText() === 'env' && isProcess(node.expression)
  if (isElementAccessExpression(node))
    return literalText(node.argumentExpression) === 'env' && isProcess(node.expression)
  if (isVariableDeclaration(node) && isObjectBindingPattern(node.name)) {
    const names = node.name.elements
      .filter(isBindingElement)
      .map((element) => (element.propertyName ?? element.name)?.getText())
    return node.initializer !== undefined && isProcess(node.initializer) && names.includes('env')
  }
  if (isImportSpecifier(node) && (node.propertyName ?? node.name).getText() === 'env') {
    return /from\s*['"](?:node:)?process['"]/.test(node.parent.parent.parent.getText())
  }
  return false
}

function isProcess(node: Node): boolean {
  return /^(?:globalThis\.)?process$/.test(node.getText())
}

/** Comments are found in the text without its literals, where `//` can mean nothing else. */
function readComments(
  text: string,
  literalSpans: readonly (readonly [number, number])[],
): { text: string; position: number }[] {
  let rest = ''
  let position = 0
  for (const [start, end] of literalSpans) {
    if (start < position) continue
    rest += text.slice(position, start) + text.slice(start, end).replace(/[^\n]/g, ' ')
    position = end
  }
  rest += text.slice(position)
  return [...rest.matchAll(/\/\/.*|\/\*[\s\S]*?\*\//g)].map((match) => ({
    text: match[0],
    position: match.index,
  }))
}
