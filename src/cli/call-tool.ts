import { readFile } from "node:fs/promises"
import { text } from "node:stream/consumers"
import type { Command } from "commander"
import { FileFailed, WrongUsage } from "../errors/dialogue.ts"
import { headerParams } from "../schema/header-params.ts"
import { isObject } from "../schema/keywords.ts"
import { paramHeaders } from "../schema/param-headers.ts"
import { toArguments } from "./arguments/arguments.ts"
import { toPairs } from "./arguments/pairs.ts"
import { createReader } from "./arguments/reader.ts"
import { askMissing } from "./ask/missing.ts"
import type { Dialogue, Json } from "./client/dialogue.ts"
import { findComponent } from "./find-component.ts"
import { printJson, printToolResult } from "./print/content.ts"
import { plain } from "./print/output.ts"
import { toolSignature } from "./print/signature.ts"
import { type Talk, talk } from "./talk.ts"
import type { TargetOptions } from "./target-options.ts"

interface CallOptions extends TargetOptions {
  readonly args?: string
}

/** The most bytes that arguments may have. */
const mostBytes = 64 * 1024 * 1024

/** Does `fleetmcp call`. */
export function callTool(command: Command): Promise<void> {
  return talk(command, call)
}

async function call({
  server,
  words,
  options,
  output,
  errors,
  notices,
  person,
}: Talk<CallOptions>): Promise<void> {
  const [name, ...pairs] = words
  if (name === undefined)
    throw new WrongUsage("Which tool?", { fix: "`fleetmcp list <server> tools` shows those it offers." })
  const tool = await findComponent(server, "tools", name)
  const given = { json: await readJson(options.args), pairs: toPairs(pairs), ask: askMissing(person) }
  const reader = await createReader(tool.inputSchema, `tool \`${name}\``)
  const args = await toArguments(reader, given, { kind: "tool", signature: toolSignature(tool, plain) })
  const result = await server.request("tools/call", { name, arguments: args }, headersOf(server, tool, args))
  notices.clear()
  if (result.isError === true) process.exitCode = 1
  if (options.json === true) await printJson(result, output)
  else await printToolResult(result, result.isError === true ? errors : output, { save: options.save, name })
}

function headersOf(server: Dialogue, { inputSchema }: Json, args: Json): { [name: string]: string } {
  if (!server.wantsParamHeaders || !isObject(inputSchema)) return {}
  return Object.fromEntries(paramHeaders(headerParams(inputSchema), args))
}

async function readJson(given: string | undefined): Promise<Json> {
  if (given === undefined) return {}
  const json = await readSource(given)
  const value = parse(json)
  if (isObject(value)) return value
  throw new WrongUsage("`--args` is no JSON object.", {
    fix: 'Write it as `--args \'{ "name": "value" }\'`.',
  })
}

async function readSource(given: string): Promise<string> {
  if (given === "-") return text(process.stdin)
  if (!given.startsWith("@")) return given
  const path = given.slice(1)
  try {
    return await readFile(path, "utf8")
  } catch (error) {
    throw new FileFailed(path, "read", error)
  }
}

function parse(json: string): unknown {
  if (json.length > mostBytes) throw new WrongUsage("`--args` has more than 64 MiB.")
  try {
    return JSON.parse(json)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new WrongUsage(`\`--args\` is no JSON: ${why}.`, { cause: error })
  }
}
