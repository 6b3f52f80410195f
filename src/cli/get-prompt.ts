import type { Command } from "commander"
import { WrongUsage } from "../errors/dialogue.ts"
import { toArguments } from "./arguments/arguments.ts"
import { toPairs } from "./arguments/pairs.ts"
import { createReader } from "./arguments/reader.ts"
import { askMissing } from "./ask/missing.ts"
import type { Json } from "./client/dialogue.ts"
import { findComponent } from "./find-component.ts"
import { blocksOf, printBlocks, printJson } from "./print/content.ts"
import { plain } from "./print/output.ts"
import { promptSignature } from "./print/signature.ts"
import { terminalLine } from "./print/terminal-text.ts"
import { type Talk, talk } from "./talk.ts"
import type { TargetOptions } from "./target-options.ts"

/** Does `fleetmcp get`. */
export function getPrompt(command: Command): Promise<void> {
  return talk(command, get)
}

async function get({ server, words, options, output, notices, person }: Talk<TargetOptions>): Promise<void> {
  const [name, ...pairs] = words
  if (name === undefined)
    throw new WrongUsage("Which prompt?", { fix: "`fleetmcp list <server> prompts` shows those it offers." })
  const prompt = await findComponent(server, "prompts", name)
  const given = { json: {}, pairs: toPairs(pairs), ask: askMissing(person) }
  const reader = await createReader(schemaOf(prompt), `prompt \`${name}\``)
  const usage = { kind: "prompt", signature: promptSignature(prompt, plain) } as const
  const args = await toArguments(reader, given, usage)
  const result = await server.request("prompts/get", { name, arguments: args })
  notices.clear()
  if (options.json === true) {
    await printJson(result, output)
    return
  }
  const messages = blocksOf(result.messages)
  for (const [at, { role, content }] of messages.entries()) {
    const word = terminalLine(String(role), 50)
    const color = role === "assistant" ? output.colors.magenta : output.colors.cyan
    await output.write(`${at === 0 ? "" : "\n"}${output.colors.bold(color(word))}\n`)
    const of = messages.length === 1 ? name : `${name}-${at + 1}`
    await printBlocks(blocksOf(content), output, { save: options.save, name: of })
  }
}

/** What the list says of the arguments of a prompt, as a schema: all of them are texts. */
function schemaOf(prompt: Json): Json {
  const given = blocksOf(prompt.arguments)
  const property = ({ title, description }: Json) => ({
    type: "string",
    ...(typeof title === "string" && { title }),
    ...(typeof description === "string" && { description }),
  })
  return {
    type: "object",
    properties: Object.fromEntries(given.map((each) => [String(each.name), property(each)])),
    required: given.filter((each) => each.required === true).map((each) => String(each.name)),
  }
}
