import type { Context } from "../components/context.ts"
import type { SamplingTool } from "../components/sampling.ts"
import type { Tool } from "../components/tool.ts"
import { EndlessCalls, InProcessError } from "../errors/in-process.ts"
import { CallAborted } from "../errors/protocol.ts"
import { abortError } from "../protocol/abort-error.ts"
import { AskWatch } from "../protocol/ask-watch.ts"
import { BaseExchange } from "../protocol/base-exchange.ts"
import {
  type AbortReason,
  type Answer,
  Call,
  type Exchange,
  type ExchangeSession,
  type InputDemand,
  type Outcome,
  type Peer,
  type Question,
  targetOf,
} from "../protocol/call.ts"
import { type Dispatch, unexpected } from "../protocol/dispatcher.ts"
import type { Params } from "../protocol/jsonrpc.ts"
import type { Step } from "../protocol/step.ts"
import type { Steps } from "../protocol/steps.ts"
import type { HeaderBag } from "../protocol/transport.ts"
import type { VisibilityRule } from "../protocol/visibility-rule.ts"
import { textHash } from "../shared/text-hash.ts"
import type { CallToolResult, LoggingLevel } from "../spec/index.ts"
import { latestStatelessRevision } from "../spec/revisions.ts"
import { inheritBehalf } from "./behalf.ts"
import { assertCallOptions } from "./call-options.ts"
import { CallContext } from "./context.ts"
import { contextStore } from "./context-store.ts"
import type { Core } from "./core.ts"
import { givenTool, type InProcessOptions, type Inside } from "./invoker.ts"
import { markNested } from "./nested-errors.ts"
import type { Resolved } from "./provider.ts"
import type { Abortable } from "./running.ts"

/** A call that the server's own code makes. */
export interface InProcessCall<M extends string = string> {
  readonly method: M
  readonly params: Params
  readonly options: InProcessOptions
  /** What the code that calls runs on behalf of, if it runs on behalf of something. */
  readonly context: object | undefined
  /** Hears of the exchange, so that a shutdown can abort it. */
  readonly onBegin: (exchange: Abortable) => void
}

/** What running calls of the own process needs of the engine. */
export interface InProcessHost {
  readonly core: () => Core
  readonly dispatch: () => Dispatch
  /** Tells its calls from those of the servers that mount it, which may have the same names. */
  readonly scope?: string | undefined
}

/** A call that a handler makes. */
interface NestedCall {
  readonly method: string
  readonly params: Params
  /** The tool, where it is not to be looked for. */
  readonly given?: Resolved<"tool">
}

/** The methods that list, what they list, and where their answer has it. */
const lists = {
  "tools/list": { kind: "tool", field: "tools" },
  "resources/list": { kind: "resource", field: "resources" },
  "resources/templates/list": { kind: "template", field: "resourceTemplates" },
  "prompts/list": { kind: "prompt", field: "prompts" },
} as const

/** A method that lists. */
export type ListMethod = keyof typeof lists

/** Runs calls of a server from its own process, past all transports but through middleware and auth checks. */
export class InProcess implements Inside {
  readonly #host: InProcessHost

  constructor(host: InProcessHost) {
    this.#host = host
  }

  /** Runs a method and returns its result. Rejects where a peer would get an error. */
  async call(init: InProcessCall): Promise<object> {
    assertCallOptions(init.method, init.options)
    return this.#begin(init)
  }

  /** Lists by a method, all pages. */
  async list(init: InProcessCall<ListMethod>): Promise<readonly unknown[]> {
    assertCallOptions(init.method, init.options)
    const { kind, field } = lists[init.method]
    // To a client the method does not exist then; here the question has an answer.
    if (!this.#host.core().catalog.offers(kind)) return []
    const items: unknown[] = []
    let cursor: unknown
    do {
      const page = (await this.#begin({ ...init, params: { cursor } })) as {
        readonly [field: string]: unknown
      }
      // The result of a list has its list.
      items.push(...(page[field] as readonly unknown[]))
      cursor = page.nextCursor
    } while (cursor !== undefined)
    return items
  }

  async #begin({ method, params: given, options, context, onBegin }: InProcessCall): Promise<object> {
    const { version } = options
    const params = version === undefined ? given : { ...given, _meta: { "fleetmcp/version": version } }
    const parent = callOf(context)
    assertNotEndless(parent, method, params)
    const peer: Peer = {
      revision: latestStatelessRevision,
      principal: options.as,
      info: undefined,
      capabilities: {},
    }
    const exchange = new InProcessExchange(undefined, !("as" in options))
    const call = new Call({ method, id: undefined, params, peer, exchange, round: 0, parent })
    inheritBehalf(call, context)
    const { signal } = options
    if (signal?.aborted) throw new CallAborted("cancel")
    const cancel = () => exchange.abort("cancel")
    signal?.addEventListener("abort", cancel)
    onBegin(exchange)
    try {
      return await this.#run(call, exchange)
    } catch (error) {
      throw markNested(error, parent)
    } finally {
      // A signal may outlive many calls and must not collect them.
      signal?.removeEventListener("abort", cancel)
    }
  }

  async nested(parent: Call | Context, method: string, params: Params): Promise<object> {
    const call = parent instanceof Call ? parent : CallContext.callOf(parent)
    if (call === undefined) throw new InProcessError("the context is of no call of this server")
    return this.#recalled(call, { method, params })
  }

  async runTool(parent: Call, tool: SamplingTool, args: Params): Promise<CallToolResult> {
    const params = { name: tool.name, arguments: args }
    // Values of this kind are what `tool()` made.
    const component = tool as Tool
    const given = { component, owner: "handler", invoke: component.invoke }
    // What answers `tools/call` is the result of a tool.
    return (await this.#recalled(parent, { method: "tools/call", params, given })) as CallToolResult
  }

  async #recalled(parent: Call, inner: NestedCall): Promise<object> {
    const { method, params } = inner
    const { exchange } = parent
    if (exchange.inert) throw abortError(exchange) ?? hasEnded()
    assertNotEndless(parent, method, params)
    const scope = nestedScope(parent, [this.#host.scope ?? null, method, params])
    // Done once, like a step: what the parent asks later makes its handler run again.
    return exchange.recall(`call/${scope}`, parent, () => this.#nested(parent, inner, scope))
  }

  async #nested(parent: Call, { method, params, given }: NestedCall, scope: string): Promise<object> {
    const { peer, exchange, round, isInside } = parent
    const inner = new InProcessExchange({ exchange, scope }, exchange.isTrusted)
    const call = new Call({ method, id: undefined, params, peer, exchange: inner, round, parent, isInside })
    if (given !== undefined) call.set(givenTool, given)
    try {
      return await this.#run(call, inner)
    } catch (error) {
      throw markNested(error, parent)
    }
  }

  async #run(call: Call, exchange: InProcessExchange): Promise<object> {
    const { core, dispatch } = this.#host
    // All of it, so that calls which middleware and auth checks make are known to be nested, too.
    const outcome = await contextStore.run(new CallContext(call, core()), dispatch(), call)
    exchange.end()
    switch (outcome.kind) {
      case "complete":
      case "extended":
        return outcome.result
      case "failure":
        throw outcome.cause instanceof Error ? outcome.cause : new InProcessError(outcome.error.message)
      case "input-required":
        throw new InProcessError("the call returned `inputRequired()`, which only a client can answer")
    }
  }
}

/** How many calls may be made by one another. */
const maxDepth = 32

function assertNotEndless(parent: Call | undefined, method: string, params: Params): void {
  const chain = [targetOf(method, params)]
  for (let call = parent; call !== undefined; call = call.parent) chain.unshift(call.target)
  if (chain.length > maxDepth) throw new EndlessCalls(chain)
}

/** The call that a context belongs to, while it is not over. */
function callOf(context: object | undefined): Call | undefined {
  const call = CallContext.callOf(context)
  // What a handler left behind, such as a timer, calls on its own: its chain has no end and is no recursion.
  return call?.exchange.inert === true ? undefined : call
}

function hasEnded(): InProcessError {
  return new InProcessError("the call it belongs to has ended")
}

/** What of a nested call tells it from others: the server whose names it uses, the method and the parameters. */
type NestedContent = readonly [server: string | null, method: string, params: Params]

/** Numbers nested calls by what they are, not by when: parallel branches may run in any order. */
function nestedScope(parent: Call, [server, method, params]: NestedContent): string {
  const content = textHash(
    jsonOf([server, method, params]) ?? `${server} ${method} ${targetOf(method, params)}`,
  )
  const counts = parent.nestedCounts
  const count = counts.get(content) ?? 0
  counts.set(content, count + 1)
  return `${content}-${count}`
}

/** The arguments of an in-process call need not be JSON. */
function jsonOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value)
  } catch {
    return undefined
  }
}

/** A step of a nested call as its parent does it: under a name of its own, and given up with either. */
function nestedStep(step: Step, scope: string, signal: AbortSignal): Step {
  return {
    ...step,
    key: `${scope}/${step.key}`,
    run: (info) => step.run({ ...info, signal: AbortSignal.any([info.signal, signal]) }),
  }
}

/** An exchange without a wire: what a nested call asks, its parent asks. */
class InProcessExchange extends BaseExchange implements Exchange {
  readonly logLevel: LoggingLevel | undefined
  readonly isTrusted: boolean
  readonly inputResponses: undefined
  readonly inputState: undefined
  /** The outermost call has it. */
  readonly suspension: undefined
  readonly #parent: { readonly exchange: Exchange; readonly scope: string } | undefined
  #signal: AbortSignal | undefined
  #steps: Promise<Steps> | undefined
  #hasAsked = false
  readonly #watch: AskWatch = new AskWatch()

  constructor(
    parent: { readonly exchange: Exchange; readonly scope: string } | undefined,
    isTrusted: boolean,
  ) {
    super()
    this.#parent = parent
    this.isTrusted = isTrusted
    this.logLevel = parent?.exchange.logLevel
  }

  get headers(): HeaderBag | undefined {
    return this.#parent?.exchange.headers
  }

  get visibility(): readonly VisibilityRule[] | undefined {
    return this.#parent?.exchange.visibility
  }

  get hasAsked(): boolean {
    return this.#hasAsked
  }

  onAsking(hear: (isAsking: boolean) => void): () => void {
    return this.#watch.on(hear)
  }

  get session(): ExchangeSession | undefined {
    return this.#parent?.exchange.session
  }

  get transport(): string | undefined {
    return this.#parent?.exchange.transport
  }

  override get inert(): boolean {
    return super.inert || this.#parent?.exchange.inert === true
  }

  override get signal(): AbortSignal {
    const outer = this.#parent?.exchange.signal
    if (outer === undefined) return super.signal
    this.#signal ??= AbortSignal.any([outer, super.signal])
    return this.#signal
  }

  get settling(): Exchange["settling"] {
    return this.#parent?.exchange.settling
  }

  /** Suspended with its parent, it cannot end without it: the parent waits for the steps of both. */
  override abort(reason: AbortReason): void {
    if (this.settling !== undefined && !super.inert) this.#parent?.exchange.abort(reason)
    super.abort(reason)
  }

  notify(method: string, params: Params): void {
    if (!this.inert) this.#parent?.exchange.notify(method, params)
  }

  progress(): void {
    // Progress belongs to the token of a client's own call.
  }

  closeStream(retryMs: number): void {
    if (!this.inert) this.#parent?.exchange.closeStream(retryMs)
  }

  ask(questions: readonly Question[]): Promise<readonly Answer[]> {
    const parent = this.#parent
    if (this.inert) return Promise.reject(abortError(this) ?? hasEnded())
    if (parent === undefined) {
      return Promise.reject(
        new InProcessError("there is no client to ask", "Use `connect()` of `fleetmcp/testing`."),
      )
    }
    this.#hasAsked = true
    const scope = (question: Question) =>
      question.scope === undefined ? parent.scope : `${parent.scope}/${question.scope}`
    const scoped = questions.map((question) => ({ ...question, scope: scope(question) }))
    return this.#watch.during(parent.exchange.ask(scoped))
  }

  async step(step: Step): Promise<unknown> {
    const parent = this.#parent
    // Its parent may go on when it is over.
    if (super.inert) throw abortError(this) ?? hasEnded()
    if (parent !== undefined) return parent.exchange.step(nestedStep(step, parent.scope, super.signal))
    this.#steps ??= import("../protocol/steps.ts").then(
      ({ Steps }) => new Steps(this, { id: undefined, results: new Map() }),
    )
    return (await this.#steps).run(step)
  }

  recall(key: string, by: object | undefined, work: () => Promise<object>): Promise<object> {
    const parent = this.#parent
    // Without a client nothing suspends the call, so that its handler runs once.
    return parent === undefined ? work() : parent.exchange.recall(`${parent.scope}/${key}`, by, work)
  }

  async requireInput(demand: InputDemand): Promise<Outcome> {
    // Whoever called may still catch it, or let it end the call of its own.
    if (demand instanceof Error) return unexpected(demand.message, demand)
    return { kind: "input-required", requests: undefined, continuation: undefined }
  }

  checkHeaderParams(): void {
    // There are no headers in one's own process.
  }
}
