import { isDeepStrictEqual } from "node:util"
import { isObject } from "../../schema/keywords.ts"
import type { Json } from "../client/dialogue.ts"
import { save } from "../save.ts"
import { bytes } from "./layout.ts"
import type { Output } from "./output.ts"
import { terminalJson, terminalLine, terminalText } from "./terminal-text.ts"

/** What a result is printed with. */
export interface ContentOptions {
  /** The folder that files are kept in. Default: they are not. */
  readonly save?: string | undefined
  /** What files without a name are called. */
  readonly name: string
}

/** The most characters of one text that a terminal is given. */
const longestText = 200_000

/** Writes a text of a server: as it is to a file or pipe, made fit for a terminal otherwise. */
export async function printText(text: string, output: Output): Promise<void> {
  const end = text.endsWith("\n") || text === "" ? "" : "\n"
  if (!output.isTerminal) {
    await output.write(text + end)
    return
  }
  await output.write(terminalText(text.slice(0, longestText)) + end)
  const rest = text.length - longestText
  if (rest <= 0) return
  await output.write(
    output.colors.dim(`\n… ${rest} more characters: send the output to a file, \`> file\`, to see them.\n`),
  )
}

/** Prints a value as JSON, which is the same to a program and harmless to a terminal. */
export async function printJson(value: unknown, output: Output): Promise<void> {
  await output.write(`${terminalJson(value)}\n`)
}

/** Prints the result of a tool: its structured content, and the content that does not say the same. */
export async function printToolResult(result: Json, output: Output, options: ContentOptions): Promise<void> {
  const { structuredContent: structured } = result
  const blocks = blocksOf(result.content).filter(
    (block) => structured === undefined || !repeats(block, structured),
  )
  await printBlocks(blocks, output, options)
  if (structured === undefined) return
  const value = typeof structured === "string" ? structured : terminalJson(structured)
  await printText(value, output)
}

/** Prints content, one block after the other. */
export async function printBlocks(
  blocks: readonly Json[],
  output: Output,
  options: ContentOptions,
): Promise<void> {
  for (const [at, block] of blocks.entries())
    await printBlock(block, output, { ...options, at, of: blocks.length })
}

/** The content blocks of a result, which a careless server may send in any form. */
export function blocksOf(content: unknown): readonly Json[] {
  return (Array.isArray(content) ? content : [content]).filter(isObject)
}

async function printBlock(
  block: Json,
  output: Output,
  options: ContentOptions & { readonly at: number; readonly of: number },
): Promise<void> {
  const name = options.of === 1 ? options.name : `${options.name}-${options.at + 1}`
  switch (block.type) {
    case "text":
      await printText(String(block.text ?? ""), output)
      return
    case "image":
    case "audio":
      await printFile(
        { ...block, blob: block.data },
        { word: block.type, name },
        { output, folder: options.save },
      )
      return
    case "resource": {
      const resource = isObject(block.resource) ? block.resource : {}
      const kept = nameOf(resource.uri) ?? name
      await printFile(resource, { word: "resource", name: kept }, { output, folder: options.save })
      return
    }
    case "resource_link":
      await output.write(`${output.colors.dim("link")} ${describeLink(block)}\n`)
      return
    default:
      await output.write(
        `${output.colors.dim(`content of the type \`${terminalLine(String(block.type), 100)}\``)}\n`,
      )
  }
}

/** Says what a file is, and keeps it where a folder is given. */
async function printFile(
  file: Json,
  { word, name }: { readonly word: string; readonly name: string },
  { output, folder }: { readonly output: Output; readonly folder: string | undefined },
): Promise<void> {
  const data = dataOf(file)
  const mimeType = typeof file.mimeType === "string" ? file.mimeType : undefined
  const facts = [
    typeof file.uri === "string" ? file.uri : undefined,
    mimeType,
    bytes(Buffer.byteLength(data)),
  ]
  const about = facts.filter((fact) => fact !== undefined).map((fact) => terminalLine(fact, 500))
  const fate =
    folder === undefined
      ? "`--save <dir>` keeps it"
      : `saved as ${terminalLine(await save(folder, { name, mimeType, data }), 500)}`
  await output.write(`${output.colors.dim(word)} ${about.join(", ")} ${output.colors.dim(`(${fate})`)}\n`)
}

/** What is in a file that came as text, or as Base64. */
export function dataOf({ text, blob }: Json): string | Buffer {
  return typeof text === "string" ? text : Buffer.from(String(blob ?? ""), "base64")
}

/** What a file may be called by its URI. */
export function nameOf(uri: unknown): string | undefined {
  if (typeof uri !== "string") return undefined
  const last = uri
    .split(/[?#]/u)[0]
    ?.split("/")
    .findLast((part) => part !== "" && !part.endsWith(":"))
  return last === undefined || last.includes(":") ? undefined : last
}

function describeLink({ uri, name, title, mimeType, size }: Json): string {
  const facts = [uri, title ?? name, mimeType].filter((fact) => typeof fact === "string")
  const shown = facts.map((fact) => terminalLine(fact, 500))
  return [...shown, ...(typeof size === "number" ? [bytes(size)] : [])].join(", ")
}

/** Whether a block says in text what the structured content says, for clients that know only text. */
function repeats(block: Json, structured: unknown): boolean {
  if (block.type !== "text" || typeof block.text !== "string") return false
  if (block.text === structured) return true
  try {
    const value: unknown = JSON.parse(block.text)
    // In revisions where structured content is an object, any other value stands in one.
    return isDeepStrictEqual(value, structured) || isDeepStrictEqual({ result: value }, structured)
  } catch {
    // A text of its own.
    return isDeepStrictEqual({ result: block.text }, structured)
  }
}
