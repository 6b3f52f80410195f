import { EndlessCalls, InProcessError } from "../errors/in-process.ts"
import { CallAborted } from "../errors/protocol.ts"
import { BaseExchange } from "../protocol/base-exchange.ts"
import {
  type Answer,
  Call,
  type Exchange,
  type ExchangeSession,
  type Outcome,
  type Peer,
  type Question,
  targetOf,
} from "../protocol/call.ts"
import type { Dispatch } from "../protocol/dispatcher.ts"
import type { Params } from "../protocol/jsonrpc.ts"
import type { HeaderBag } from "../protocol/transport.ts"
import { textHash } from "../shared/text-hash.ts"
import type { LoggingLevel } from "../spec/index.ts"
import { latestStatelessRevision } from "../spec/revisions.ts"
import { CallContext } from "./context.ts"
import { contextStore } from "./context-store.ts"
import type { Core } from "./core.ts"
import { inertError } from "./inert-error.ts"
import type { InProcessOptions, Invoker } from "./invoker.ts"
import { markNested } from "./nested-errors.ts"
import type { Abortable } from "./running.ts"

/** A call that the server's own code makes. */
export interface InProcessCall {
  readonly method: string
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
}

/** Runs calls of a server from its own process, past all transports but through middleware and auth checks. */
export class InProcess implements Invoker {
  readonly #host: InProcessHost

  constructor(host: InProcessHost) {
    this.#host = host
  }

  /** Runs a method and returns its result. Rejects where a peer would get an error. */
  async call({ method, params, options, context, onBegin }: InProcessCall): Promise<object> {
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

  async nested(parent: Call, method: string, params: Params): Promise<object> {
    const { peer, exchange, round } = parent
    if (exchange.inert) throw inertError(exchange, hasEnded)
    assertNotEndless(parent, method, params)
    const scope = nestedScope(parent, method, params)
    const inner = new InProcessExchange({ exchange, scope }, exchange.isTrusted)
    const call = new Call({ method, id: undefined, params, peer, exchange: inner, round, parent })
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

/** Numbers nested calls by what they are, not by when: parallel branches may run in any order. */
function nestedScope(parent: Call, method: string, params: Params): string {
  const content = textHash(jsonOf([method, params]) ?? `${method} ${targetOf(method, params)}`)
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
    if (this.inert) return Promise.reject(inertError(this, hasEnded))
    if (parent === undefined) {
      return Promise.reject(
        new InProcessError("there is no client to ask", "Use `connect()` of `fleetmcp/testing`."),
      )
    }
    const scope = (question: Question) =>
      question.scope === undefined ? parent.scope : `${parent.scope}/${question.scope}`
    return parent.exchange.ask(questions.map((question) => ({ ...question, scope: scope(question) })))
  }

  async requireInput(): Promise<Outcome> {
    return { kind: "input-required", requests: undefined, continuation: undefined }
  }

  checkHeaderParams(): void {
    // There are no headers in one's own process.
  }
}
