/** Checks that package.json `exports` and `imports`, the source tree, tsconfig `paths` and `dist/` tell one story. */
import { existsSync, readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import ts from "typescript"
import { filesIn, isSource } from "./tools/files.ts"
import { type Entry, entries, importTargets, runtimeEntries } from "./tools/manifest.ts"
import { report } from "./tools/report.ts"
import { root } from "./tools/run.ts"

/** `index.ts` files that are tables or pick names for their own folder, no public entries. */
const tables = ["src/spec/index.ts", "src/server/methods/index.ts"]

const publicEntries = entries()
const problems = [
  ...publicEntries.flatMap(entryProblems),
  ...unlistedEntries(publicEntries),
  ...runtimeEntries().flatMap(runtimeProblems),
  ...importTargets().flatMap(targetProblems),
  ...pathProblems(),
  ...orderProblems(publicEntries),
]
report(problems, {
  right: `exports: ${publicEntries.length} public entries agree with the tree`,
  fix: "A public path equals its source path (`./a/b` is src/a/b.ts or src/a/b/index.ts), one string a row, rows sorted by floor.",
})

function entryProblems({ subpath, output, source }: Entry): readonly string[] {
  const path = subpath.replace(/^\.\/?/, "")
  const allowed = path === "" ? ["dist/index.js"] : [`dist/${path}.js`, `dist/${path}/index.js`]
  if (!allowed.includes(output)) return [`exports["${subpath}"] must be "./${allowed.join('" or "./')}"`]
  if (!existsSync(source)) return [`exports["${subpath}"]: there is no ${source}`]
  const built = [output, output.replace(/\.js$/, ".d.ts")].filter((file) => !existsSync(file))
  const stars = statements(source).some(
    (node) => ts.isExportDeclaration(node) && node.exportClause === undefined,
  )
  return [
    ...built.map((file) => `exports["${subpath}"]: ${file} was not built (npm run build)`),
    ...(stars ? [`${source}: a public entry exports by name, never \`export *\``] : []),
  ]
}

/** What stands for an entry in some runtimes offers all that the entry offers, and nothing else. */
function runtimeProblems({
  name,
  condition,
  source,
}: ReturnType<typeof runtimeEntries>[number]): readonly string[] {
  const place = `exports["${name}"].${condition}`
  if (!existsSync(source)) return [`${place}: there is no ${source}`]
  const entry = publicEntries.find(({ subpath }) => subpath === name)
  const offers = statements(source).filter(ts.isExportDeclaration)
  const isWhole = offers.every(
    ({ exportClause, moduleSpecifier }) =>
      exportClause === undefined &&
      moduleSpecifier !== undefined &&
      ts.isStringLiteral(moduleSpecifier) &&
      join(dirname(source), moduleSpecifier.text) === entry?.source,
  )
  return offers.length === 1 && isWhole
    ? []
    : [`${place}: ${source} must export all of ${entry?.source}, by \`export *\``]
}

/** An `index.ts`, or a file that only re-exports, is a public entry or it is a barrel. */
function unlistedEntries(listed: readonly Entry[]): readonly string[] {
  const known = new Set([...listed.map((entry) => entry.source), ...tables])
  return filesIn("src", isSource)
    .filter((path) => !known.has(path) && (path.endsWith("/index.ts") || isBarrel(path)))
    .map(
      (path) =>
        `${path}: is not in package.json \`exports\`; list it there, or import the modules themselves`,
    )
}

function isBarrel(path: string): boolean {
  const all = statements(path)
  return (
    all.length > 0 && all.every((node) => ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined)
  )
}

function statements(path: string): readonly ts.Statement[] {
  return [...ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.ES2023, true).statements]
}

function targetProblems({
  name,
  condition,
  source,
}: ReturnType<typeof importTargets>[number]): readonly string[] {
  if (!existsSync(source)) return [`imports["${name}"].${condition}: there is no ${source}`]
  const node = importTargets().find((target) => target.name === name && target.condition === "node")
  if (!node || !existsSync(node.source)) return []
  const [here, there] = [namesOf(source), namesOf(node.source)]
  return here === there
    ? []
    : [`${source} exports ${here || "nothing"}, but ${node.source} exports ${there || "nothing"}`]
}

/** The exported values of a file that stands in for another: both must offer the same ones. */
function namesOf(path: string): string {
  const names = statements(path).flatMap((node) => {
    if (
      ts.isExportDeclaration(node) &&
      !node.isTypeOnly &&
      node.exportClause &&
      ts.isNamedExports(node.exportClause)
    ) {
      return node.exportClause.elements.filter((one) => !one.isTypeOnly).map((one) => one.name.text)
    }
    const isExported =
      ts.canHaveModifiers(node) && ts.getModifiers(node)?.some((m) => m.kind === ts.SyntaxKind.ExportKeyword)
    if (!isExported) return []
    if (ts.isVariableStatement(node))
      return node.declarationList.declarations.map((one) => one.name.getText())
    return ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node) ? [node.name?.text ?? "default"] : []
  })
  return names.sort().join(", ")
}

/** TypeScript and tsx find `#names` in the sources through `paths`; they must be the targets for Node. */
function pathProblems(): readonly string[] {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile)
  // `as`: the TypeScript API says `any` for what a tsconfig holds.
  const paths = config.compilerOptions.paths as Readonly<Record<string, readonly string[]>>
  const names = [...new Set(importTargets().map((target) => target.name))]
  return names.flatMap((name) => {
    const target = importTargets().find((one) => one.name === name && one.condition === "node")
    const wanted = `./${target?.source}`
    return paths[name]?.[0] === wanted ? [] : [`tsconfig.json: paths["${name}"] must be ["${wanted}"]`]
  })
}

/** The floors stand in the rules of dependency-cruiser, lowest first; what none of them names is the highest. */
function orderProblems(listed: readonly Entry[]): readonly string[] {
  // `as`: the file is ours; dependency-cruiser itself refuses another shape.
  const { forbidden } = createRequire(import.meta.url)("../.dependency-cruiser.cjs") as {
    readonly forbidden: readonly { readonly name: string; readonly from: { readonly path?: string } }[]
  }
  const rules = forbidden.filter(({ name }) => /^floor-\d$/.test(name))
  const floors = listed.map(({ source }) => {
    const floor = rules.findIndex(({ from }) => from.path !== undefined && new RegExp(from.path).test(source))
    return floor === -1 ? rules.length : floor
  })
  return listed.flatMap(({ subpath }, at) => {
    const [before = 0, here = 0] = [floors[at - 1], floors[at]]
    return here >= before
      ? []
      : [`exports["${subpath}"] is of floor ${here} and stands below one of floor ${before}`]
  })
}
