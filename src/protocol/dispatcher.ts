import { FleetError } from "../errors/fleet-error.ts"
import { CallAborted, isSuspended, MethodNotFound } from "../errors/protocol.ts"
import { aborted, type Call, type Failure, type Outcome } from "./call.ts"
import type { Method } from "./method.ts"

/** Runs a call to its outcome. */
export type Dispatch = (call: Call) => Outcome | Promise<Outcome>

/** The run of a method, which middleware is put around. */
export interface DispatchCore {
  readonly method: string
  /** Never rejects: what goes wrong is an outcome. */
  readonly run: Dispatch
  /** Says what is wrong with the shape of parameters. */
  readonly check?: Method["check"]
  /** Makes the outcome of what was thrown. */
  readonly fail: (error: unknown, call: Call) => Outcome
}

export interface DispatcherOptions {
  readonly methods: ReadonlyMap<string, Method>
  /** Wraps the run of a method in the middleware that concerns it; called once per method. */
  readonly wrap: (core: DispatchCore) => Dispatch
  /** Logs an error that must not reach the peer and gives what the peer is told instead. */
  readonly onError: (error: unknown, method: string) => string
}

/**
 * Makes the dispatcher: one composed function per method, made once, and one for methods that do not exist,
 * since middleware sees those calls too.
 */
export function createDispatcher(options: DispatcherOptions): Dispatch {
  const routes = new Map<string, Route>()
  for (const [name, method] of options.methods) {
    routes.set(name, { run: compose(name, method.run, method.check), isOffered: method.isOffered })
  }
  const unroutable = compose("", (call) => {
    throw new MethodNotFound(call.method)
  })

  // Errors become outcomes inside the middleware, so that it sees them, and around it, since it may throw too.
  function compose(name: string, run: Dispatch, check?: Method["check"]): Dispatch {
    const inner = guard(run, (outcome, call) => call.exchange.settle(outcome))
    const outer = options.wrap({ method: name, run: inner, check, fail })
    return outer === inner ? inner : guard(outer, (outcome) => outcome)
  }

  function guard(
    run: Dispatch,
    settle: (outcome: Promise<Outcome>, call: Call) => Promise<Outcome>,
  ): Dispatch {
    return (call) => {
      try {
        const outcome = run(call)
        return outcome instanceof Promise
          ? settle(outcome, call).catch((error) => fail(error, call))
          : outcome
      } catch (error) {
        return fail(error, call)
      }
    }
  }

  function fail(error: unknown, call: Call): Outcome {
    // The ways out of a call that was suspended or aborted; nothing went wrong.
    if (isSuspended(error) || (error instanceof CallAborted && call.exchange.inert)) {
      const { suspension } = call.exchange
      if (suspension !== undefined) return suspension
      return error instanceof CallAborted
        ? aborted(error.reason)
        : unexpected("The call is suspended.", error)
    }
    return toFailure(error) ?? unexpected(options.onError(error, call.method), error)
  }

  function runOf(call: Call): Dispatch {
    const route = routes.get(call.method)
    // S28/schema MethodNotFoundError: what is not advertised does not exist, but for handlers, which may bring tools of
    // their own.
    const isKnown = route !== undefined && (call.parent !== undefined || route.isOffered?.() !== false)
    return isKnown ? route.run : unroutable
  }

  return (call) => {
    try {
      return runOf(call)(call)
    } catch (error) {
      // What is offered may depend on a provider, and that may throw.
      return fail(error, call)
    }
  }
}

interface Route {
  readonly run: Dispatch
  readonly isOffered: (() => boolean) | undefined
}

/** Explains an error to the peer if its class is meant for one. */
export function toFailure(error: unknown): Failure | undefined {
  if (!(error instanceof FleetError) || error.rpc === undefined) return undefined
  const { rpc: code, message, data, http } = error
  const body = data === undefined ? { code, message } : { code, message, data }
  return { kind: "failure", error: body, cause: error, http }
}

/** Makes the failure of an error that is not for the peer to see. */
export function unexpected(message: string, cause: unknown): Failure {
  return { kind: "failure", error: { code: -32603, message }, cause }
}
