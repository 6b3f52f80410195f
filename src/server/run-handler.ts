import type { Context } from "../components/context.ts"
import { isInputRequired } from "../components/input-required.ts"
import { LifespanPerSession } from "../errors/lifespan-keys.ts"
import { CallAborted } from "../errors/protocol.ts"
import { NoContext } from "../errors/server.ts"
import type { UrlElicitationRequired } from "../errors/url-elicitation.ts"
import { type Call, complete, type Outcome } from "../protocol/call.ts"
import { longestTimer } from "../shared/longest-timer.ts"
import { isThenable, type MaybePromise } from "../shared/maybe-promise.ts"
import { CallContext } from "./context.ts"
import { contextStore } from "./context-store.ts"
import type { Core } from "./core.ts"
import { HandedOn } from "./handed-on.ts"
import { loadWatch } from "./lazy-watch.ts"
import type { Outliving } from "./outliving.ts"
import type { Owner, Watched } from "./watch.ts"

/** One run of a component on behalf of a call. It holds no closures: one is made for every call. */
export interface HandlerRun<Input> {
  readonly core: Core
  readonly call: Call
  /** What the handler belongs to, with its time-out. */
  readonly owner: Owner
  readonly invoke: (input: Input, ctx: Context) => MaybePromise<object>
  readonly input: Input
  /** Makes the result out of what `invoke` threw, or throws what the protocol must answer. */
  readonly fail: (core: Core, call: Call, error: unknown) => MaybePromise<Outcome>
}

/**
 * Runs a handler with its context, its time-out, and the way out that a suspension takes.
 */
export function runHandler<Input>(run: HandlerRun<Input>): MaybePromise<Outcome> {
  const { core, call } = run
  // The client left while middleware or a lookup was waited for: what it asked for must not happen now.
  if (call.exchange.inert) {
    call.isHandled = true
    throw whyInert(call)
  }
  const watch = core.watch?.current
  if (core.watch && !watch) return loadWatch().then(() => runHandler(run))
  call.isHandled = false
  const ctx = new CallContext(call, core)
  const watched = watch?.(run.owner)
  try {
    const value = contextStore.run<Context, Input, MaybePromise<object>>(ctx, run.invoke, run.input)
    if (isThenable(value)) return whenSettled(run, value as Promise<object>, watched)
    return call.using === undefined ? finish(call, value) : whenSettled(run, Promise.resolve(value), watched)
  } catch (error) {
    if (call.using !== undefined) return whenSettled(run, Promise.reject(error), watched)
    return failed(run, error)
  } finally {
    watched?.leave()
  }
}

/**
 * Returns the context of the call that runs now, for code that is far from its handler.
 *
 * @throws {NoContext} FLEET-03: no call is running here.
 * @throws {LifespanPerSession} FLEET-25: what runs here is made once for many calls.
 * @example
 * async function audit(what: string): Promise<void> {
 *   getContext().log.info({ what })
 * }
 */
export function getContext(): Context {
  const ctx = contextStore.get()
  if (ctx instanceof CallContext) return ctx
  // What else is kept there says what it is.
  throw ctx === undefined ? new NoContext() : madeOnce(ctx as Outliving)
}

function madeOnce({ kind, name }: Outliving): LifespanPerSession {
  return new LifespanPerSession(
    `\`getContext()\` was called in the ${kind} \`${name}\`, which is made once for many calls and belongs to none.`,
    "Make what depends on the caller by `provide()` with the scope `request` or `session`, or keep it in `ctx.state`.",
  )
}

function whyInert({ exchange }: Call): CallAborted {
  const reason: unknown = exchange.signal.reason
  return reason instanceof CallAborted ? reason : new CallAborted("cancel")
}

function finish(call: Call, result: object): MaybePromise<Outcome> {
  call.isHandled = true
  return isInputRequired(result) ? call.exchange.requireInput(result) : complete(result)
}

function whenSettled<Input>(
  run: HandlerRun<Input>,
  value: Promise<object>,
  watched: Watched | undefined,
): Promise<Outcome> {
  const { core } = run
  const settled = value.then(
    (result) => {
      if (watched) watched.waiting--
      return givenBack(run, value) ?? succeed(run, result)
    },
    (error) => {
      if (watched) watched.waiting--
      return givenBack(run, value) ?? failed(run, error)
    },
  )
  if (watched) watched.waiting++
  const timeout = run.owner.timeout ?? core.timeout
  return timeout === undefined || timeout > longestTimer ? settled : withTimeout(run, timeout, settled)
}

/** Gives back what was made for the call, before it is answered, so that what comes after it finds everything done. */
function givenBack<Input>(run: HandlerRun<Input>, value: Promise<object>): Promise<Outcome> | undefined {
  return run.call.using
    ?.then((scope) => scope.end(value))
    .then(
      (result) => succeed(run, result),
      (error) => failed(run, error),
    )
}

function succeed<Input>({ core, call, fail }: HandlerRun<Input>, result: object): MaybePromise<Outcome> {
  try {
    return finish(call, result)
  } catch (error) {
    return fail(core, call, error)
  }
}

function failed<Input>(run: HandlerRun<Input>, error: unknown): MaybePromise<Outcome> {
  const { core, call, fail } = run
  const { exchange } = call
  call.isHandled = true
  // It ran elsewhere, and ended there.
  if (error instanceof HandedOn) return error.outcome
  // What a handler throws once its call is over is no failure of it: nobody waits for the answer.
  if (exchange.inert) return abandoned(error)
  // The one error that asks for something; whoever would not answer is not asked again.
  const isAsking =
    isInputRequired(error) && (error as unknown as UrlElicitationRequired).isOpen(exchange.inputResponses)
  if (isAsking) return finish(call, error)
  if (!(error instanceof TypeError)) return fail(core, call, error)
  return import("./misplaced-context.ts").then(({ explained }) =>
    fail(core, call, explained(error, run, CallContext.prototype)),
  )
}

function abandoned(cause: unknown): Outcome {
  return { kind: "failure", error: { code: -32603, message: "The call is over." }, cause }
}

function withTimeout<Input>(run: HandlerRun<Input>, ms: number, settled: Promise<Outcome>): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      import("./late-handler.ts").then(({ late }) => late(run, ms)?.then(resolve, reject))
    }, ms)
    settled
      // Suspended, its handler is done, and its steps may not be.
      .finally(() => run.call.exchange.settling?.outcome)
      .then(resolve, reject)
      .finally(() => clearTimeout(timer))
  })
}
