import type { Client, ClientOptions, ElicitResult, JSONRPCRequest } from "@modelcontextprotocol/client"
import type { StandardSchemaV1 } from "@standard-schema/spec"
import { chainOf } from "../../client/carrier.ts"
import { Deadline, unlessAborted } from "../../client/deadline.ts"
import { isFleetError } from "../../errors/any-fleet-error.ts"
import { AnswerTimedOut, EndlessList, RequestRefused } from "../../errors/dialogue.ts"
import { isObject } from "../../schema/keywords.ts"
import { longestTimer } from "../../shared/longest-timer.ts"
import { metaKeys } from "../../spec/meta.ts"
import { isProtocolRevision, isStateless, latestStatelessRevision } from "../../spec/revisions.ts"
import { packageVersion } from "../package-version.ts"
import type { Target } from "../target.ts"
import type { TargetOptions } from "../target-options.ts"
import type { Carrier, Host } from "./carrier.ts"

/** A JSON object as it came. */
export type Json = { readonly [field: string]: unknown }

/** How far a call is. */
export interface Progress {
  readonly progress: number
  readonly total?: number | undefined
  readonly message?: string | undefined
}

/** What a client hears of while it waits, and what it is asked. */
export interface Listener extends Host {
  onProgress(progress: Progress): void
  onLog(record: Json): void
  /** A question that the command line answers with no. */
  onRefused(method: string): void
  /** Answers an elicitation. */
  elicit(
    params: Json,
  ): Promise<{ readonly action: "accept" | "decline" | "cancel"; readonly content?: object }>
}

/** What a server says of itself. */
export interface Introduction {
  readonly revision: string
  readonly serverInfo: Json | undefined
  readonly capabilities: Json
  readonly instructions: string | undefined
}

/** The lists of a server: the field of the answer that holds the components, by method. */
export const lists = {
  tools: { method: "tools/list", field: "tools", kind: "tool", id: "name" },
  resources: { method: "resources/list", field: "resources", kind: "resource", id: "uri" },
  templates: {
    method: "resources/templates/list",
    field: "resourceTemplates",
    kind: "template",
    id: "uriTemplate",
  },
  prompts: { method: "prompts/list", field: "prompts", kind: "prompt", id: "name" },
} as const

/** One of the {@link lists}. */
export type ListName = keyof typeof lists

/** How long what the SDK started to connect may take to end, in milliseconds. */
const patienceMs = 5_000

/** What progress is known by: only one request is under way at a time. */
const progressToken = "fleetmcp"

/** The most components of a kind that are read, and the most pages. */
const mostComponents = 20_000
const mostPages = 1_000

/** Takes a result as it came: what is shown is checked where it is shown, and nothing is dropped. */
const asItCame: StandardSchemaV1<unknown, Json> = {
  // `as`: a result is an object, by the SDK's own check of the message around it.
  "~standard": { version: 1, vendor: "fleetmcp", validate: (value) => ({ value: value as Json }) },
}

/** Speaks with one server, whatever carries the messages, in the dialect it knows. */
export class Dialogue {
  readonly introduction: Introduction
  readonly #client: Client
  readonly #carrier: Carrier
  readonly #options: TargetOptions
  readonly #listener: Listener
  /** That of the request that is under way. */
  #deadline: Deadline | undefined

  constructor(client: Client, carrier: Carrier, given: { options: TargetOptions; listener: Listener }) {
    this.#client = client
    this.#carrier = carrier
    this.#options = given.options
    this.#listener = given.listener
    // Not by the SDK's own handler, which also tells of what the SDK itself does.
    client.setNotificationHandler("notifications/progress", ({ params }) => {
      this.#deadline?.touch()
      given.listener.onProgress(params)
    })
    client.setRequestHandler("elicitation/create", ({ params }) => this.#elicit(params))
    this.introduction = {
      revision: client.getNegotiatedProtocolVersion() ?? "",
      serverInfo: client.getServerVersion(),
      capabilities: client.getServerCapabilities() ?? {},
      instructions: client.getInstructions(),
    }
  }

  /** The server as errors name it. */
  get name(): string {
    return this.#carrier.name
  }

  /** The digests of all that the server has, where it can be asked for them. */
  get fingerprints(): Carrier["fingerprints"] {
    return this.#carrier.fingerprints
  }

  /** Whether headers repeat arguments in the dialect that is spoken. */
  get wantsParamHeaders(): boolean {
    return this.#carrier.hasHeaders && this.#client.getProtocolEra() === "modern"
  }

  /**
   * Asks the server, and answers what it asks meanwhile. One request at a time.
   *
   * @param headers Sent with this request alone.
   * @throws {RequestRefused} It answered with an error.
   * @throws {AnswerTimedOut} It did not answer.
   */
  async request(method: string, params: Json = {}, headers: { [name: string]: string } = {}): Promise<Json> {
    const { timeout, logLevel, quiet } = this.#options
    const timedOut = () => new AnswerTimedOut(method, timeout)
    using deadline = new Deadline(timeout * 1000, timedOut, this.#listener.signal)
    this.#deadline = deadline
    const _meta = { progressToken, ...(quiet !== true && { [metaKeys.logLevel]: logLevel }) }
    try {
      return await this.#client.request({ method, params: { ...params, _meta } }, asItCame, {
        signal: deadline.signal,
        // The deadline is ours: it stands still while a person is asked.
        timeout: longestTimer,
        headers,
      })
    } catch (error) {
      throw deadline.signal.aborted ? deadline.signal.reason : explained(error, method, this.#carrier)
    }
  }

  /** Reads all pages of a list; a kind that the server does not offer is empty. */
  async list(name: ListName): Promise<readonly Json[]> {
    const { method, field } = lists[name]
    const offered = name === "templates" ? "resources" : name
    if (this.introduction.capabilities[offered] === undefined) return []
    const items: Json[] = []
    let cursor: unknown
    let pages = 0
    do {
      const page = await this.request(method, cursor === undefined ? {} : { cursor })
      const more = page[field]
      const before = cursor
      if (Array.isArray(more)) for (const item of more) if (isObject(item)) items.push(item)
      cursor = page.nextCursor
      const isSame = cursor !== undefined && cursor === before
      if (items.length > mostComponents || ++pages > mostPages || isSame)
        throw new EndlessList(method, mostComponents, mostPages)
    } while (cursor !== undefined && cursor !== null)
    return items
  }

  async #elicit(question: Json): Promise<ElicitResult> {
    const answer = () => this.#listener.elicit(question)
    // `as`: forms have flat values, as the schema that they were read by says; the SDK checks it.
    return (await (this.#deadline?.hold(answer) ?? answer())) as ElicitResult
  }

  /** Takes leave, and gives back all that was opened. */
  async close(): Promise<void> {
    await closeAll(this.#client, this.#carrier)
  }
}

/**
 * Connects to a server.
 *
 * @throws {CannotConnect} Nobody is there.
 * @throws {NotAnMcpServer} Somebody else is.
 * @throws {AccessRefused} It wants to know who asks.
 */
export async function openDialogue(
  target: Target,
  options: TargetOptions,
  listener: Listener,
): Promise<Dialogue> {
  const carrier = await unlessAborted(openCarrier(target, options, listener), listener.signal)
  const client = await createClient(options, listener)
  const timedOut = () => new AnswerTimedOut("initialize", options.timeout)
  using deadline = new Deadline(options.timeout * 1000, timedOut, listener.signal)
  const { signal } = deadline
  const connecting = client.connect(carrier.transport, { signal, timeout: longestTimer })
  try {
    await unlessAborted(connecting, signal)
    const wantsLog = options.quiet !== true && client.getProtocolEra() === "legacy"
    // `as`: commander lets no other levels through.
    if (wantsLog && client.getServerCapabilities()?.logging !== undefined)
      await client.setLoggingLevel(options.logLevel as "info", { signal })
    return new Dialogue(client, carrier, { options, listener })
  } catch (error) {
    await closeAll(client, carrier)
    // Closed, it fails as well, when a program that was started for the question of the era alone has ended.
    await unlessAborted(connecting, AbortSignal.timeout(patienceMs)).catch(() => undefined)
    throw signal.aborted ? signal.reason : explained(error, "initialize", carrier)
  }
}

async function openCarrier(target: Target, options: TargetOptions, listener: Listener): Promise<Carrier> {
  switch (target.kind) {
    case "url":
      return (await import("./http-carrier.ts")).openHttp(target.url, options)
    case "command":
      return (await import("./command-carrier.ts")).openCommand(target, options, listener)
    case "file":
      return (await import("./file-carrier.ts")).openFile(target.file)
  }
}

async function createClient(options: TargetOptions, listener: Listener): Promise<Client> {
  const { Client, METHOD_NOT_FOUND, ProtocolError } = await import("@modelcontextprotocol/client")
  const client = new Client(
    { name: "fleetmcp", version: packageVersion() },
    { ...negotiation(options), capabilities: { elicitation: { form: {}, url: {} } } },
  )
  client.setNotificationHandler("notifications/message", ({ params }) => listener.onLog(params as Json))
  client.fallbackRequestHandler = async ({ method }: JSONRPCRequest) => {
    listener.onRefused(method)
    throw new ProtocolError(METHOD_NOT_FOUND, "The command line has neither a model nor folders.")
  }
  return client
}

/** Says in the words of the SDK which revisions are spoken. */
function negotiation({ era, revision }: TargetOptions): ClientOptions {
  if (isProtocolRevision(revision) && !isStateless(revision))
    return { versionNegotiation: { mode: "legacy" }, supportedProtocolVersions: [revision] }
  if (revision !== undefined || era === "stateless")
    return { versionNegotiation: { mode: { pin: revision ?? latestStatelessRevision } } }
  return { versionNegotiation: { mode: era === "session" ? "legacy" : "auto" } }
}

async function closeAll(client: Client, carrier: Carrier): Promise<void> {
  await carrier.close()
  await client.close()
  await carrier.transport.close()
}

function explained(error: unknown, method: string, carrier: Carrier): unknown {
  const known = chainOf(error).find(isFleetError)
  if (known !== undefined) return known
  // `as`: errors of the SDK carry a number for what a server answered, and a word for what the client met.
  const { code, message } = Object(error) as { readonly code?: unknown; readonly message?: unknown }
  if (typeof code === "number") return new RequestRefused(method, code, String(message))
  return carrier.explain(error) ?? error
}
