import { existsSync, lstatSync } from "node:fs"
import { builtinModules } from "node:module"
import { dirname, join, relative } from "node:path"
import { fileURLToPath } from "node:url"
import { BrokenImport } from "../../errors/cli.ts"
import { nearestName } from "../../shared/nearest-name.ts"
import { placeOf, shownFile } from "./place.ts"
import { type Importer, importerOf, importPlace, type Program, readLines } from "./program.ts"
import { addCommand, buildCommand, installCommand, packageFolder, readManifest } from "./project.ts"
import { unresolvedFile } from "./unresolved-file.ts"

interface Failure {
  readonly error: Error & { readonly code?: unknown }
  readonly message: string
  readonly program: Program
}

/** Explains why Node could not import what a program imports; `undefined` where that is not what happened. */
export function explainImport(error: unknown, program: Program): BrokenImport | undefined {
  if (!(error instanceof Error)) return undefined
  const failure = { error, message: error.message, program }
  for (const explain of [missing, notExported, noSuchName, wrongSystem, noLoader, noAttribute]) {
    const explained = explain(failure)
    if (explained !== undefined) return explained
  }
  return undefined
}

/** A module, of whatever kind, is not there. */
function missing({ error, message, program }: Failure): BrokenImport | undefined {
  const [, name, from] =
    /^Cannot find (?:package|module) '([^']+)'(?: imported from (\S.*)|\nRequire stack:\n- (.*))?/
      .exec(message)
      ?.filter((group) => group !== undefined) ?? []
  if (name === undefined) return undefined
  const importer = from?.startsWith("file:") ? fileURLToPath(from) : from
  if (/node_modules[\\/]/.test(name)) return missingOfPackage(name, program, error)
  if (!/^(?:[./\\]|[A-Za-z]:)/.test(name)) return missingPackage({ name, importer, program, error })
  if (importer === undefined) return undefined
  const specifier = name.startsWith(".")
    ? name
    : `./${relative(dirname(importer), name).replaceAll("\\", "/")}`
  const [, line = "1"] = /:(\d+)$/.exec(importPlace({ file: importer, specifier })) ?? []
  return unresolvedFile(specifier.replace("./../", "../"), { file: importer, line: Number(line) }, error)
}

interface MissingPackage {
  readonly name: string
  readonly importer: string | undefined
  readonly program: Program
  readonly error: Error
}

function missingPackage({ name, importer, program, error }: MissingPackage): BrokenImport {
  const { file } = program
  const folder = packageFolder(file)
  const [, owner] =
    /node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)[\\/](?!.*node_modules)/.exec(importer ?? "") ?? []
  if (owner !== undefined) {
    const what = `The package \`${owner}\` imports \`${name}\`, which is not installed.`
    return new BrokenImport(
      what,
      `Run \`${installCommand(folder)}\`; if it stays so, run \`${addCommand(folder, name)}\`.`,
      error,
    )
  }
  const place = placeOfPackage(name, importer, program)
  const what = `\`${name}\`, imported ${place}, is not installed.`
  if (isAlias(name, folder)) {
    const fix =
      program.bundle === undefined
        ? `Node does not know \`paths\` of tsconfig.json. Run \`${addCommand(folder, "esbuild", "dev")}\`, with which they work, or write a relative path.`
        : "Put it in `paths` of tsconfig.json, or write a relative path."
    return new BrokenImport(`\`${name}\`, imported ${place}, is no package.`, fix, error)
  }
  const { dependencies, devDependencies } = readManifest(folder) ?? {}
  const listed = Object.keys({ ...dependencies, ...devDependencies })
  if (listed.includes(name))
    return new BrokenImport(what, `Run \`${installCommand(folder)}\`: package.json lists it.`, error)
  if (existsSync(join(dirname(file), name)))
    return new BrokenImport(what, `Write \`./${name}\` for the file.`, error)
  const near = nearestName(name, [...listed, ...builtinModules])
  if (near !== undefined) return new BrokenImport(what, `Did you mean \`${near}\`?`, error)
  return new BrokenImport(what, `Run \`${addCommand(folder, name)}\`.`, error)
}

/** Whether a name is one of `paths`, and no package's. */
function isAlias(name: string, folder: string): boolean {
  if (/^[@~]\//.test(name)) return true
  const text = readLines(join(folder, "tsconfig.json")).join("\n")
  return text.includes(`"${name}"`) || text.includes(`"${name.split("/")[0]}/*"`)
}

/** A package is there, and the file is not that its package.json names. */
function missingOfPackage(path: string, { file }: Program, error: Error): BrokenImport | undefined {
  const [, folder, name] = /^(.*node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+))/.exec(path) ?? []
  if (folder === undefined || name === undefined) return undefined
  const what = `\`${relative(folder, path)}\`, which package.json of \`${name}\` names, is not there.`
  const home = packageFolder(file)
  const isWorkspace = lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink() === true
  if (isWorkspace) return new BrokenImport(what, `Build it first: \`${buildCommand(home, name)}\`.`, error)
  return new BrokenImport(what, `Install it anew: \`${addCommand(home, name)}\`.`, error)
}

function notExported({ error, message, program }: Failure): BrokenImport | undefined {
  const [, subpath, folder] =
    /^(?:Package subpath '\.([^']*)' is not defined|No "exports" main defined)(?: by "exports")? in (.*?)[\\/]package\.json/.exec(
      message,
    ) ?? []
  if (folder === undefined) return undefined
  const { name = folder, exports } = readManifest(folder) ?? {}
  const specifier = `${name}${subpath ?? ""}`
  const what = `\`${specifier}\`, imported ${placeOfPackage(specifier, undefined, program)}, is not exported by its package.`
  const offered = typeof exports === "object" && exports !== null ? Object.keys(exports) : []
  const names = offered
    .filter((each) => each.startsWith(".") && !each.includes("*"))
    .map((each) => name + each.slice(1))
  const near = nearestName(specifier, names)
  if (near !== undefined) return new BrokenImport(what, `Did you mean \`${near}\`?`, error)
  const list = names.slice(0, 8).map((each) => `\`${each}\``)
  const fix =
    list.length > 0
      ? `It exports ${list.join(", ")}.`
      : `Look in \`exports\` of ${shownFile(folder)}/package.json.`
  return new BrokenImport(what, fix, error)
}

/** A module is there, and has no export of that name. */
function noSuchName({ error, message, program }: Failure): BrokenImport | undefined {
  const [, ofCommonJs] = /^Named export '([^']+)' not found/.exec(message) ?? []
  const [, specifier] = /^(?:Named export .*? )?The requested module '([^']+)' /.exec(message) ?? []
  if (specifier === undefined) return undefined
  const place = placeOfPackage(specifier, undefined, program)
  if (ofCommonJs !== undefined) {
    const what = `\`${specifier}\`, imported ${place}, is a CommonJS module, whose \`${ofCommonJs}\` cannot be imported by name.`
    return new BrokenImport(
      what,
      `Write \`import all from "${specifier}"\`, then \`const { ${ofCommonJs} } = all\`.`,
      error,
    )
  }
  const [, name = ""] = /export named '([^']+)'/.exec(message) ?? []
  const builtin = builtinModules.includes(specifier.replace(/^node:/, ""))
    ? process.getBuiltinModule(specifier)
    : undefined
  const near = builtin && nearestName(name, Object.keys(builtin))
  const what = `\`${specifier}\`, imported ${place}, has no export \`${name}\`${builtin ? ` in Node ${process.versions.node}` : ""}.`
  if (near !== undefined) return new BrokenImport(what, `Did you mean \`${near}\`?`, error)
  return new BrokenImport(
    what,
    "Mend the name, write `import type` if it is a type, or install the version that has it.",
    error,
  )
}

/** A file is written for the other module system. */
function wrongSystem({ error, message, program }: Failure): BrokenImport | undefined {
  const file = placeOf(error)?.file ?? program.file
  const [, word] = /^(require|module|exports|__dirname|__filename) is not defined/.exec(message) ?? []
  if (word !== undefined) {
    const what = `${shownFile(file)} is an ES module, and uses \`${word}\` of CommonJS.`
    return new BrokenImport(
      what,
      "Name the file `.cjs`, or write `import`, `export` and `import.meta.dirname`.",
      error,
    )
  }
  if (/^Cannot use import statement outside a module|^Unexpected token 'export'/.test(message)) {
    const what = `${shownFile(file)} is a CommonJS module, and has \`import\` or \`export\`.`
    return new BrokenImport(what, 'Name the file `.mjs`, or set `"type": "module"` in package.json.', error)
  }
  if (error.code === "ERR_REQUIRE_ESM" || error.code === "ERR_REQUIRE_ASYNC_MODULE") {
    const [, required] = /(?:Requiring|Required module:|of ES Module) (\S+)/.exec(message) ?? []
    const what = `${required ? shownFile(required) : "An ES module"} cannot be loaded by \`require()\`.`
    return new BrokenImport(what, "Write `import` instead, or `await import()`.", error)
  }
  return undefined
}

/** Node cannot read TypeScript, or not this. */
function noLoader({ error, message, program }: Failure): BrokenImport | undefined {
  const codes = [
    "ERR_UNKNOWN_FILE_EXTENSION",
    "ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING",
    "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX",
  ]
  if (!codes.includes(String(error.code))) return undefined
  const [, name] = /node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/"]+)/.exec(message) ?? []
  if (name !== undefined)
    return new BrokenImport(
      `The package \`${name}\` is TypeScript, which cannot be imported from a package.`,
      "Build it to JavaScript, and name that in its package.json.",
      error,
    )
  return needsEsbuild(program.file, error)
}

/** Says that TypeScript, or something of it, needs esbuild. */
export function needsEsbuild(file: string, cause?: unknown): BrokenImport {
  const why =
    cause instanceof Error && "code" in cause && cause.code === "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX"
      ? `: ${cause.message}`
      : ""
  return new BrokenImport(
    `${shownFile(file)} is TypeScript, which Node ${process.versions.node} cannot read by itself${why}.`,
    `Run \`${addCommand(packageFolder(file), "esbuild", "dev")}\`, with which it is read.`,
    cause,
  )
}

function noAttribute({ error, message }: Failure): BrokenImport | undefined {
  const [, url] = /^Module "([^"]+)" needs an import attribute/.exec(message) ?? []
  if (url === undefined) return undefined
  const what = `\`${url.startsWith("file:") ? shownFile(fileURLToPath(url)) : url}\` is imported without saying that it is JSON.`
  return new BrokenImport(what, 'Write `with { type: "json" }` behind the import.', error)
}

/** Says where something is imported by name: "at server.ts:3". */
function placeOfPackage(name: string, from: string | undefined, program: Program): string {
  const importer: Importer | undefined = importerOf(program, name)
  if (importer !== undefined) return `at ${importPlace(importer)}`
  const file = from !== undefined && !from.includes(".fleetmcp-") ? from : program.file
  return `at ${importPlace({ file, specifier: name })}`
}
