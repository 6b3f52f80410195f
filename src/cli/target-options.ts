import { type Command, InvalidArgumentError, Option } from "commander"
import { WrongUsage } from "../errors/dialogue.ts"
import { clip } from "../shared/clip.ts"
import { longestTimer } from "../shared/longest-timer.ts"
import { sessionRevisions, statelessRevisions } from "../spec/revisions.ts"
import { type Pair, toPairs } from "./arguments/pairs.ts"
import { type Target, toTarget, toWords } from "./target.ts"

/** How a server is reached, as the options of every command that speaks with one say. */
export interface TargetOptions {
  readonly command?: string
  readonly header: readonly (readonly [name: string, value: string])[]
  readonly token?: string
  readonly env: { readonly [name: string]: string }
  readonly era: Era
  readonly revision?: string
  readonly timeout: number
  readonly logLevel: string
  readonly quiet?: true
  readonly json?: true
  /** Answers to what the server asks. */
  readonly answer?: readonly Pair[]
  /** Whether to say yes to what only wants a yes. */
  readonly yes?: true
  /** The folder that files are kept in. */
  readonly save?: string
}

/** Which dialect is spoken; `auto` asks the server. */
type Era = "auto" | "stateless" | "session"

/** What a command is to speak with, what else it was told, and how. */
export interface Given<Options> {
  readonly target: Target
  readonly words: readonly string[]
  readonly options: Options
}

/** How loud a server may be, in the words of the protocol. */
const levels = ["debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"]

/** Gives a command the options that say how its server is reached. */
export function addTargetOptions(command: Command): Command {
  return command
    .addOption(new Option("--command <line>", "start this program and speak with it; or: -- program words…"))
    .addOption(
      new Option("-H, --header <name: value>", "send a header with every request").argParser(toHeader),
    )
    .addOption(
      new Option("--token <token>", "send a bearer token").env("FLEETMCP_TOKEN").argParser(toHeaderValue),
    )
    .addOption(new Option("--env <name=value>", "give the program a variable").argParser(toVariable))
    .addOption(
      new Option("--era <era>", "the dialect to speak")
        .choices(["auto", "stateless", "session"])
        .default("auto"),
    )
    .addOption(
      new Option("--revision <date>", "the revision of the protocol to speak")
        .choices([...statelessRevisions, ...sessionRevisions])
        .conflicts("era"),
    )
    .addOption(
      new Option("--timeout <seconds>", "how long an answer may take").default(60).argParser(toSeconds),
    )
    .addOption(new Option("--log-level <level>", "the log to ask for").choices(levels).default("info"))
    .option("-q, --quiet", "show no progress, no log and nothing that the program writes to standard error")
    .option("--json", "print what the server answered, as JSON")
    .allowExcessArguments()
}

/** Gives a command that a server may answer with questions and files the options for both. */
export function addAnswerOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--answer <name=value>", "answer what the server asks").argParser(
        (word: string, before: readonly Pair[] = []) => [...before, ...toPairs([word])],
      ),
    )
    .option("-y, --yes", "say yes where the server asks for no more than that")
    .option("--save <dir>", "keep images, audio and files in this folder")
}

/**
 * Reads what a command was given: what stands after two dashes is a program and its words, else the first word is the
 * server, unless `--command` is.
 *
 * @throws {WrongUsage} There is no server, or there are two.
 * @throws {InvalidTarget} What stands for the server is none.
 */
export function readTarget<Options extends TargetOptions>(command: Command): Given<Options> {
  // `as`: commander gives options as they were declared in `addTargetOptions` and by the command itself.
  const options = { header: [], env: {}, ...command.opts() } as unknown as Options
  const program = programOf(command)
  const before = command.args.slice(0, command.args.length - (program?.length ?? 0))
  const [file, ...args] = program ?? []
  if (options.command !== undefined && program !== undefined)
    throw new WrongUsage("There is a program after `--` and another one in `--command`.", {
      fix: "Give one.",
    })
  if (file !== undefined) return { target: { kind: "command", command: file, args }, words: before, options }
  if (options.command !== undefined) {
    const [start, ...rest] = toWords(options.command)
    return { target: { kind: "command", command: start, args: rest }, words: before, options }
  }
  const [text, ...words] = before
  if (text === undefined)
    throw new WrongUsage("Which server?", {
      fix: `Name it: \`fleetmcp ${command.name()} server.ts\`, \`fleetmcp ${command.name()} http://127.0.0.1:3000/mcp\` or \`fleetmcp ${command.name()} -- node server.js\`.`,
    })
  return { target: toTarget(text), words, options }
}

/** Refuses words that a command has no use for. */
export function assertEnd([word]: readonly string[]): void {
  if (word !== undefined) throw new WrongUsage(`\`${clip(word)}\` is one word too many.`)
}

/** The words after the two dashes, which commander joins to those before. */
function programOf(command: Command): readonly string[] | undefined {
  let root = command
  while (root.parent !== null) root = root.parent
  // `as`: the words as they came; commander keeps them on the root, and its types are silent about it.
  const { rawArgs } = root as unknown as { readonly rawArgs: readonly string[] }
  const at = rawArgs.indexOf("--")
  return at === -1 || at === rawArgs.length - 1 ? undefined : rawArgs.slice(at + 1)
}

function toHeader(text: string, before: TargetOptions["header"] = []): TargetOptions["header"] {
  const [, name, value] = /^\s*([!#$%&'*+.^_`|~\w-]+)\s*:(.*)$/s.exec(text) ?? []
  // Not by commander's error, which repeats what was given: it may be a secret.
  if (name === undefined || value === undefined)
    throw new WrongUsage("A `--header` is none.", { fix: 'Write it as `--header "Name: value"`.' })
  return [...before, [name, toHeaderValue(value)]]
}

/** RFC 9110 §5.5: what a header cannot carry the HTTP client refuses without saying which. */
function toHeaderValue(text: string): string {
  const value = text.trim()
  if (/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) return value
  throw new WrongUsage("A token or header has a line break, or another character that no header carries.")
}

function toVariable(text: string, before: TargetOptions["env"] = {}): TargetOptions["env"] {
  const at = text.indexOf("=")
  if (at < 1) throw new InvalidArgumentError("Write a variable as NAME=value.")
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) }
}

function toSeconds(text: string): number {
  const seconds = Number(text)
  if (text.trim() !== "" && seconds > 0 && seconds * 1000 <= longestTimer) return seconds
  throw new InvalidArgumentError(`Give seconds above 0, ${Math.floor(longestTimer / 1000)} at most.`)
}
