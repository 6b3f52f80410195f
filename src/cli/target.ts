import { existsSync, statSync } from "node:fs"
import { extname } from "node:path"
import { fileURLToPath } from "node:url"
import { InvalidTarget, WrongUsage } from "../errors/dialogue.ts"

/** Where a server is, or how it is started. */
export type Target =
  | { readonly kind: "url"; readonly url: URL }
  | { readonly kind: "command"; readonly command: string; readonly args: readonly string[] }
  | { readonly kind: "file"; readonly file: string }

const modules = [".ts", ".mts", ".cts", ".tsx", ".js", ".mjs", ".cjs", ".jsx"]

/** What starts programs in other languages, by the ends of their names. */
const runners: { readonly [extension: string]: string } = { ".py": "python", ".rb": "ruby", ".sh": "sh" }

const commands = /^(node|npx|npm|pnpm|yarn|bun|bunx|deno|tsx|python3?|uv|uvx|docker|go|cargo|java|dotnet)\b/

/**
 * Reads what was given as a server: a URL, or a file of JavaScript or TypeScript.
 *
 * @throws {InvalidTarget} It is neither; the error says what was probably meant.
 */
export function toTarget(text: string): Target {
  if (/^https?:\/\//i.test(text)) return { kind: "url", url: toUrl(text) }
  if (/^file:/i.test(text)) return { kind: "file", file: toPath(text) }
  if (isModule(text) && !isCommandLine(text)) return { kind: "file", file: text }
  throw explain(text)
}

function toUrl(text: string): URL {
  if (!URL.canParse(text))
    throw new InvalidTarget(text, "is no valid URL", "Write it as `http://127.0.0.1:3000/mcp`.")
  const url = new URL(text)
  if (url.username === "" && url.password === "") return url
  url.username = url.password = ""
  throw new InvalidTarget(
    url.href,
    "has a name or password in it",
    'Send them as a header: `--header "Authorization: Basic …"`.',
  )
}

function toPath(text: string): string {
  try {
    return fileURLToPath(text)
  } catch {
    // It names another host, or has an escape that is none; only paths of this machine are meant.
    throw new InvalidTarget(text, "is no URL of a file", "Give the path of the file.")
  }
}

/** A module is told by its name; whoever loads it says what is wrong if it does not exist. */
function isModule(text: string): boolean {
  // What follows a colon names an export of it.
  return modules.includes(extname(text.replace(/:[\w$]+$/, "")))
}

/** `node server.js` in quotes ends as a module does. */
function isCommandLine(text: string): boolean {
  return commands.test(text) && /\s/.test(text) && !existsSync(text)
}

function explain(text: string): InvalidTarget {
  if (/^wss?:/i.test(text))
    return new InvalidTarget(text, "is a WebSocket, which MCP does not speak", "Give its `http` URL.")
  if (/^(localhost|[\w-]+(\.[\w-]+)+|\[[\da-f:]+\])(:\d+)(\/|$)/i.test(text))
    return new InvalidTarget(text, "is neither a URL nor a file", `Write \`http://${text}\`.`)
  const runner = runners[extname(text)]
  if (runner !== undefined)
    return new InvalidTarget(
      text,
      "is no module of JavaScript or TypeScript",
      `Start it as a program: \`-- ${runner} ${text}\`.`,
    )
  if (commands.test(text))
    return new InvalidTarget(
      text,
      "is neither a URL nor a file",
      `A command stands after two dashes, at the end: \`-- ${text}\`.`,
    )
  if (existsSync(text) && statSync(text).isDirectory())
    return new InvalidTarget(text, "is a folder", "Name the file in it that exports the server.")
  return new InvalidTarget(
    text,
    "is neither a URL nor a file of JavaScript or TypeScript",
    "Give `server.ts`, `http://127.0.0.1:3000/mcp`, or a command after two dashes: `-- node server.js`.",
  )
}

/**
 * Splits a command line into its words, as `--command "node 'my server.js'"` gives it: spaces part them, quotes and
 * backslashes before spaces and quotes keep them together. No shell ever sees it, so that nothing in it is expanded.
 *
 * @throws {WrongUsage} A quote is not closed, or there are no words.
 */
export function toWords(line: string): readonly [command: string, ...args: string[]] {
  const words: string[] = []
  const pattern = /\s*((?:"(?:[^"\\]|\\.)*"|'[^']*'|\\[\s"'\\]|[^\s"'])+)/gy
  let end = 0
  const text = line.trimEnd()
  for (const { 0: part, 1: word = "", index } of text.matchAll(pattern)) {
    words.push(unquoted(word))
    end = index + part.length
  }
  const [command, ...args] = words
  if (end < text.length) throw new WrongUsage("`--command` has a quote that is not closed.")
  if (command === undefined)
    throw new WrongUsage("`--command` is empty.", { fix: "Give it a program to start." })
  return [command, ...args]
}

function unquoted(word: string): string {
  return word.replace(/"((?:[^"\\]|\\.)*)"|'([^']*)'|\\([\s"'\\])/g, (part) =>
    part.startsWith("'") ? part.slice(1, -1) : part.replace(/^"|"$/g, "").replace(/\\([\s"'\\])/g, "$1"),
  )
}
