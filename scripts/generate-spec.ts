// Writes the types of every protocol revision (`src/spec/<revision>.ts`) and the JSON Schemas that tests validate
// our wire output with (`test/spec/schemas/<revision>.json`), both without the descriptions.
//
// Usage: tsx scripts/generate-spec.ts [the conformance package's dist/index.js]
import { execFileSync } from "node:child_process"
import { readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { runInNewContext } from "node:vm"

interface Schema {
  $ref?: string
  additionalProperties?: boolean | Schema
  allOf?: Schema[]
  anyOf?: Schema[]
  const?: string | number
  enum?: string[]
  items?: Schema
  properties?: Record<string, Schema>
  required?: string[]
  type?: string | string[]
}

interface SchemaDocument {
  $schema: string
  $defs?: Record<string, Schema>
  definitions?: Record<string, Schema>
}

const root = join(dirname(fileURLToPath(import.meta.url)), "..")
const bundlePath =
  process.argv[2] ?? join(root, "conformance/node_modules/@modelcontextprotocol/conformance/dist/index.js")

const documents = extractDocuments(readFileSync(bundlePath, "utf8"))
documents.set("2024-11-05", deriveOldest(documentOf(documents, "2025-03-26")))
for (const [revision, document] of documents) {
  repair(definitionsOf(document))
  write(`test/spec/schemas/${revision}.json`, JSON.stringify(document))
  write(`src/spec/${revision}.ts`, emitModule(definitionsOf(document)))
}

/** Finds the schema literals of the minified bundle by the table that names them per revision. */
function extractDocuments(bundle: string): Map<string, SchemaDocument> {
  const table =
    /\{"2025-03-26":([\w$]+),"2025-06-18":([\w$]+),"2025-11-25":([\w$]+),\[[\w$]+\]:([\w$]+)\}/.exec(bundle)
  if (table === null) throw new Error("The table of schemas was not found: has the bundle's layout changed?")
  const revisions = ["2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"]
  return new Map(
    revisions.map((revision, index) => {
      const start = bundle.indexOf(`${table[index + 1]}={$schema:`)
      if (start < 0) throw new Error(`The schema literal of ${revision} was not found.`)
      const literal = readLiteral(bundle, bundle.indexOf("{", start))
      return [revision, withoutDescriptions(runInNewContext(`(${literal})`))]
    }),
  )
}

/** Reads one balanced object literal, skipping braces inside strings. */
function readLiteral(source: string, start: number): string {
  let depth = 0
  for (let at = start; at < source.length; at++) {
    const char = source.charAt(at)
    if (char === "{") depth++
    if (char === "}" && --depth === 0) return source.slice(start, at + 1)
    if (char === '"' || char === "'" || char === "`") at = endOfString(source, at)
  }
  throw new Error("A schema literal does not end.")
}

function endOfString(source: string, start: number): number {
  let at = start + 1
  while (source[at] !== source[start]) at += source[at] === "\\" ? 2 : 1
  return at
}

/** Copies a schema without `description`, keeping properties that happen to have that name. */
function withoutDescriptions<Value>(value: Value, keysAreNames = false): Value {
  // Both casts: the copy has the shape of its source, less optional keys.
  if (Array.isArray(value)) return value.map((item) => withoutDescriptions(item)) as Value
  if (typeof value !== "object" || value === null) return value
  const entries = Object.entries(value).filter(([key]) => keysAreNames || key !== "description")
  return Object.fromEntries(
    entries.map(([key, item]) => [
      key,
      withoutDescriptions(item, !keysAreNames && ["properties", "$defs", "definitions"].includes(key)),
    ]),
  ) as Value
}

/** Makes 2024-11-05, which the bundle lacks, by taking from 2025-03-26 what that revision added. */
function deriveOldest(next: SchemaDocument): SchemaDocument {
  const document = structuredClone(next)
  const definitions = definitionsOf(document)
  for (const added of ["AudioContent", "ToolAnnotations", "JSONRPCBatchRequest", "JSONRPCBatchResponse"]) {
    delete definitions[added]
  }
  delete definitions.Tool?.properties?.annotations
  delete definitions.ServerCapabilities?.properties?.completions
  delete definitions.ProgressNotification?.properties?.params?.properties?.message
  visit(definitions, (schema) => {
    if (schema.anyOf === undefined) return
    schema.anyOf = schema.anyOf.filter(
      (option) => option.$ref !== "#/definitions/AudioContent" && option.type !== "array",
    )
  })
  return document
}

/** Mends what the published JSON Schemas lost of the TypeScript they were made from. */
function repair(definitions: Record<string, Schema>): void {
  // TypeScript's `number` became "integer" in unions and in the bounds of NumberSchema.
  visit(definitions, (schema) => {
    if (Array.isArray(schema.type) && schema.type.includes("boolean")) {
      schema.type = schema.type.map((type) => (type === "integer" ? "number" : type))
    }
  })
  for (const bound of ["minimum", "maximum", "default"]) {
    const schema = definitions.NumberSchema?.properties?.[bound]
    if (schema !== undefined) schema.type = "number"
  }
  // A JSON value may be null.
  const primitives = definitions.JSONValue?.anyOf?.find((option) => Array.isArray(option.type))
  if (primitives !== undefined) primitives.type = ["string", "number", "boolean", "null"]
  // Metadata objects are open.
  for (const [name, schema] of Object.entries(definitions)) {
    if (/Meta(Object)?$/.test(name)) schema.additionalProperties = {}
  }
}

function visit(value: unknown, change: (schema: Schema) => void): void {
  if (typeof value !== "object" || value === null) return
  change(value)
  for (const child of Object.values(value)) visit(child, change)
}

function emitModule(definitions: Record<string, Schema>): string {
  const names = Object.keys(definitions).sort()
  const lines = names.map((name) => emitDefinition(typeName(name), definitions[name] ?? {}))
  return `// Generated by scripts/generate-spec.ts; do not edit.\n\n${lines.join("\n\n")}\n`
}

function emitDefinition(name: string, schema: Schema): string {
  if (schema.type === "object") return `export interface ${name} ${emitObject(schema)}`
  return `export type ${name} = ${emitType(schema)}`
}

function emitType(schema: Schema): string {
  if (schema.$ref !== undefined) return typeName(schema.$ref.slice(schema.$ref.lastIndexOf("/") + 1))
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(" | ")
  if (schema.anyOf !== undefined) return schema.anyOf.map(emitType).join(" | ")
  if (schema.allOf !== undefined) return schema.allOf.map(emitType).join(" & ")
  if (Array.isArray(schema.type)) return schema.type.map((type) => emitType({ type })).join(" | ")
  if (schema.type === "object") return emitObject(schema)
  if (schema.type === "array") return `readonly (${emitType(schema.items ?? {})})[]`
  if (schema.type === "integer") return "number"
  return schema.type ?? "unknown"
}

function emitObject(schema: Schema): string {
  const required = new Set(schema.required)
  const properties = Object.entries(schema.properties ?? {})
  const members = properties.map(([key, value]) => {
    const name = /^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key)
    return required.has(key) ? `readonly ${name}: ${emitType(value)}` : emitOptional(name, emitType(value))
  })
  const extra = schema.additionalProperties ?? properties.length === 0
  if (extra === false) return `{ ${members.join("; ")} }`
  const value = extra === true ? "unknown" : emitType(extra)
  return `{ ${[...members, `readonly [key: string]: ${value}`].join("; ")} }`
}

// `undefined` is allowed beside absence: JSON.stringify makes no difference between them.
function emitOptional(name: string, type: string): string {
  return type === "unknown" ? `readonly ${name}?: unknown` : `readonly ${name}?: ${type} | undefined`
}

/** Renames the one definition that would shadow a global of every module. */
function typeName(definition: string): string {
  return definition === "Error" ? "ErrorObject" : definition
}

function definitionsOf(document: SchemaDocument): Record<string, Schema> {
  return document.$defs ?? document.definitions ?? {}
}

function documentOf(from: Map<string, SchemaDocument>, revision: string): SchemaDocument {
  const document = from.get(revision)
  if (document === undefined) throw new Error(`No schema of ${revision}.`)
  return document
}

function write(path: string, content: string): void {
  const formatted = execFileSync(
    process.execPath,
    [join(root, "node_modules/@biomejs/biome/bin/biome"), "format", `--stdin-file-path=${path}`],
    { cwd: root, input: content, maxBuffer: 16 * 1024 * 1024 },
  )
  writeFileSync(join(root, path), formatted)
}
