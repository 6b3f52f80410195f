import { readFile } from "node:fs/promises"
import { text } from "node:stream/consumers"
import type { Command } from "commander"
import { FileFailed, Interrupted, NotOffered, WrongUsage } from "../../errors/cli.ts"
import { headerParams } from "../../schema/header-params.ts"
import { isObject } from "../../schema/keywords.ts"
import { paramHeaders } from "../../schema/param-headers.ts"
import { nearestName } from "../../shared/nearest-name.ts"
import { type AskMissing, toArguments } from "../arguments/arguments.ts"
import { toPairs } from "../arguments/pairs.ts"
import { createReader } from "../arguments/reader.ts"
import { askFields } from "../ask/fields.ts"
import type { Person } from "../ask/person.ts"
import type { Dialogue, Json } from "../client/dialogue.ts"
import { printToolResult } from "../print/content.ts"
import { plain } from "../print/output.ts"
import { toolSignature } from "../print/signature.ts"
import { terminalJson } from "../print/terminal-text.ts"
import { type Talk, talk } from "../talk.ts"
import { addAnswerOptions, addTargetOptions, type TargetOptions } from "../target-options.ts"

interface CallOptions extends TargetOptions {
  readonly args?: string
}

/** The most bytes that arguments may have. */
const mostBytes = 64 * 1024 * 1024

/** Adds `fleetmcp call`. */
export function addCall(program: Command): void {
  const command = program
    .command("call")
    .description("call a tool")
    .argument("[server]", "a file, a URL, or a program after `--`")
    .argument("[tool]", "the name of the tool")
    .argument("[arguments...]", "`name=value`, read by the schema of the tool")
    .option("--args <json>", "the arguments as JSON; @file reads a file, - reads standard input")
  addTargetOptions(addAnswerOptions(command)).action(() => talk(command, call))
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
  const tool = await findTool(server, name)
  const given = { json: await readJson(options.args), pairs: toPairs(pairs), ask: askAt(person) }
  const reader = await createReader(tool.inputSchema, `tool \`${name}\``)
  const args = await toArguments(reader, given, { kind: "tool", signature: toolSignature(tool, plain) })
  const result = await server.request("tools/call", { name, arguments: args }, headersOf(server, tool, args))
  notices.clear()
  if (result.isError === true) process.exitCode = 1
  if (options.json === true) {
    await output.write(`${terminalJson(result)}\n`)
    return
  }
  await printToolResult(result, result.isError === true ? errors : output, { save: options.save, name })
}

async function findTool(server: Dialogue, name: string): Promise<Json> {
  const tools = await server.list("tools")
  const tool = tools.find((each) => each.name === name)
  if (tool !== undefined) return tool
  throw new NotOffered(
    "tool",
    name,
    nearestName(
      name,
      tools.map((each) => String(each.name)),
    ),
  )
}

function headersOf(server: Dialogue, { inputSchema }: Json, args: Json): { [name: string]: string } {
  if (!server.wantsParamHeaders || !isObject(inputSchema)) return {}
  return Object.fromEntries(paramHeaders(headerParams(inputSchema), args))
}

/** Asks for what is missing, where there is somebody; who leaves does not want the call. */
export function askAt(person: Person | undefined): AskMissing {
  return async (names, reader) => {
    if (person === undefined) return undefined
    const asked = await askFields(person, names, reader)
    if (asked === undefined) throw new Interrupted()
    return asked
  }
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
