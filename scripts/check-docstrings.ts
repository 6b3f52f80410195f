/** Checks that the docstrings of all public names are there: a sentence, an example for functions, each option. */
import { join } from "node:path"
import ts from "typescript"
import { entries } from "./tools/manifest.ts"
import { report } from "./tools/report.ts"
import { isMain, root } from "./tools/run.ts"

if (isMain(import.meta)) {
  const { problems, checked } = checkEntries(entries().map(({ source }) => join(root, source)))
  report(problems, {
    right: `${checked} public names say what they are`,
    fix: "Write a docstring: a sentence that begins with a verb, each option with its default, `@throws`, `@see`, `@example`.",
  })
}

/** Lists the public names of entries that lack a docstring, an example, or a word on one of their options. */
export function checkEntries(paths: readonly string[]): {
  readonly problems: readonly string[]
  readonly checked: number
} {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile)
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root)
  const program = ts.createProgram(paths, options)
  const checker = program.getTypeChecker()
  const symbols = new Set<ts.Symbol>()
  for (const path of paths) {
    const module = checker.getSymbolAtLocation(program.getSourceFile(path) as ts.SourceFile) // it was just given
    for (const name of module === undefined ? [] : checker.getExportsOfModule(module))
      symbols.add(name.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(name) : name)
  }
  const declarations = [...symbols].flatMap(({ declarations: own = [] }) => own).filter(isOurs)
  return { problems: declarations.flatMap(problemsOf), checked: declarations.length }
}

/** The types of the protocol are generated whole. */
function isOurs(declaration: ts.Declaration): boolean {
  return !declaration.getSourceFile().fileName.includes("/src/spec/")
}

function problemsOf(declaration: ts.Declaration): readonly string[] {
  const name = nameOf(declaration)
  const problems: string[] = []
  if (!hasDocstring(declaration)) problems.push(`${placeOf(declaration)}: \`${name}\` has no docstring`)
  if (ts.isFunctionDeclaration(declaration) && !hasExample(declaration))
    problems.push(`${placeOf(declaration)}: \`${name}()\` has no \`@example\``)
  for (const member of membersOf(declaration)) {
    const full = `${name}.${nameOf(member)}`
    if (!hasDocstring(member)) problems.push(`${placeOf(member)}: \`${full}\` has no docstring`)
    else if (ts.isMethodDeclaration(member) && !ts.isComputedPropertyName(member.name) && !hasExample(member))
      problems.push(`${placeOf(member)}: \`${full}()\` has no \`@example\``)
  }
  return problems
}

/** What is to be explained for itself: methods of a class, and what an interface lets a user choose. */
function membersOf(declaration: ts.Declaration): readonly (ts.ClassElement | ts.TypeElement)[] {
  if (ts.isClassDeclaration(declaration))
    return declaration.members.filter(
      (member, at) =>
        (ts.isMethodDeclaration(member) || ts.isAccessor(member)) &&
        !ts.isPrivateIdentifier(member.name) &&
        !isBehindOverloads(member, declaration.members[at - 1]),
    )
  if (!ts.isInterfaceDeclaration(declaration)) return []
  return /(?:Options|Config|Init|Fields|Parts)$/.test(declaration.name.text) ? declaration.members : []
}

/** Overloads say what their implementation does; nobody sees that. */
function isBehindOverloads(member: ts.ClassElement, before: ts.ClassElement | undefined): boolean {
  if (!ts.isMethodDeclaration(member) || member.body === undefined || before === undefined) return false
  return ts.isMethodDeclaration(before) && before.body === undefined && nameOf(before) === nameOf(member)
}

function hasDocstring(node: ts.Node): boolean {
  // The docstring of a constant stands above its statement.
  return ts.getJSDocCommentsAndTags(node).some(ts.isJSDoc)
}

function hasExample(node: ts.Node): boolean {
  return ts.getJSDocTags(node).some(({ tagName }) => tagName.text === "example")
}

function nameOf(node: ts.Declaration): string {
  return ts.getNameOfDeclaration(node)?.getText() ?? "(unnamed)"
}

function placeOf(node: ts.Node): string {
  const file = node.getSourceFile()
  const { line } = file.getLineAndCharacterOfPosition(node.getStart())
  return `${file.fileName.slice(root.length + 1)}:${line + 1}`
}
