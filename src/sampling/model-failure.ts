import { SamplingFailed } from "../errors/sampling.ts"

/**
 * Asks the API of a model, and says in words what went wrong.
 *
 * @param api Whose it is, for messages.
 * @throws {SamplingFailed}
 */
export async function askApi<T>(api: string, signal: AbortSignal, ask: () => PromiseLike<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    // The call is over: nothing failed.
    signal.throwIfAborted()
    throw toFailure(api, error)
  }
}

/** What the API itself said is kept as the cause: it may name keys and accounts. */
function toFailure(api: string, error: unknown): SamplingFailed {
  const { status, statusCode } = Object(error) as { readonly status?: unknown; readonly statusCode?: unknown }
  const code = typeof status === "number" ? status : statusCode
  if (code === 429) {
    return new SamplingFailed(`${api} is rate limiting the server.`, {
      fix: "Try again later, or raise the limits of its account.",
      cause: error,
    })
  }
  if (code === 408 || code === 504 || isTimeout(error)) {
    return new SamplingFailed(`${api} did not answer in time.`, {
      fix: "Try again later.",
      cause: timeout(error),
    })
  }
  if (code === 401 || code === 403) {
    return new SamplingFailed(`${api} refused the server's credentials (${code}).`, {
      fix: "Check the key that its client was made with.",
      cause: error,
    })
  }
  const what = typeof code === "number" ? `answered with status ${code}` : "could not be asked"
  return new SamplingFailed(`${api} ${what}.`, { fix: "The server's log has the whole error.", cause: error })
}

function isTimeout(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code } = error as { readonly code?: unknown }
  // The clients name their classes so, but not always their errors; one only aborts itself.
  const names = [error.name, error.constructor.name]
  return names.some((name) => name.includes("Timeout") || name === "AbortError") || code === "ETIMEDOUT"
}

/** The name by which time-outs are known, wherever errors are told to peers. */
function timeout(cause: unknown): Error {
  const error = new Error("The model did not answer in time.", { cause })
  error.name = "TimeoutError"
  return error
}
