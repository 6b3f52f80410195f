import type { AuthProvider, FetchLike, OAuthClientProvider } from "@modelcontextprotocol/client"
import { SessionLost } from "../errors/client.ts"
import { AccessRefused, AnswerTooLarge, CannotConnect, NotAnMcpServer } from "../errors/dialogue.ts"
import { clip } from "../shared/clip.ts"
import { type Carrier, chainOf } from "./carrier.ts"

/** How a server is reached by HTTP. */
export interface HttpOptions {
  /** Sent with every request. */
  readonly headers?: { readonly [name: string]: string } | undefined
  /** Sends the requests. Default: the runtime's own. */
  readonly fetch?: typeof globalThis.fetch | undefined
  /** Gives the bearer token of each request. Default: none. */
  readonly token?: (() => Promise<string>) | undefined
  /** Handed to the SDK: its way of signing in. Default: none. */
  readonly authProvider?: AuthProvider | OAuthClientProvider | undefined
}

/** The most bytes of one answer, and of one that is only looked at to say what is wrong. */
const mostBytes = 512 * 1024 * 1024
const mostOddBytes = 65_536

/** How long a server may take to end a session, in milliseconds. */
const farewellMs = 1_000

/** Statuses that pass, and say nothing of which revision a server speaks. */
const passing: ReadonlySet<number> = new Set([408, 425, 429])

/** Opens Streamable HTTP to a URL, or the transport of 2024-11-05. */
export async function openHttp(url: URL, options: HttpOptions, kind: "http" | "sse"): Promise<Carrier> {
  const sdk = await import("@modelcontextprotocol/client")
  const seen: { status?: number; broken?: unknown; tooMuch?: Error } = {}
  const send = watched(options.fetch ?? ((input, init) => fetch(input, init)), seen)
  const provider = options.authProvider ?? (options.token && { token: options.token })
  const shared = {
    fetch: send,
    requestInit: { headers: { ...options.headers } },
    ...(provider && { authProvider: provider }),
  }
  const timers = new Set<ReturnType<typeof setTimeout>>()
  const transport =
    kind === "sse"
      ? new sdk.SSEClientTransport(url, shared)
      : new sdk.StreamableHTTPClientTransport(url, {
          ...shared,
          reconnectionOptions: {
            initialReconnectionDelay: 1_000,
            maxReconnectionDelay: 30_000,
            reconnectionDelayGrowFactor: 1.5,
            maxRetries: 10,
          },
          // Ours, since a stream is opened anew by the one request that it belongs to, which the transport does not end.
          reconnectionScheduler: (reconnect, delay) => {
            const timer = setTimeout(() => {
              timers.delete(timer)
              reconnect()
            }, delay)
            timers.add(timer)
            return () => clearTimeout(timer)
          },
        })
  return {
    transport,
    name: `${url.origin}${url.pathname}`,
    kind,
    get suggestsSse() {
      // S25/basic/transports#backwards-compatibility
      return seen.status === 400 || seen.status === 404 || seen.status === 405
    },
    explain: (error) =>
      explain(url, error, {
        ...seen,
        hasSession: "sessionId" in transport && transport.sessionId !== undefined,
      }),
    async close() {
      for (const timer of timers) clearTimeout(timer)
      if ("terminateSession" in transport) await farewell(transport.terminateSession())
      await transport.close()
    },
  }
}

/** Asks for an end, which a server may not grant or not answer. */
async function farewell(asked: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, farewellMs)
  })
  await Promise.race([asked.catch(() => undefined), late])
  clearTimeout(timer)
}

function watched(
  send: typeof globalThis.fetch,
  seen: { status?: number; broken?: unknown; tooMuch?: Error },
): FetchLike {
  return async (input, init) => {
    // A server without a stream of its own answers GET with 405, and one without sessions DELETE; both as they should.
    const counts = init?.method === "POST"
    const response = await send(input, init).catch((error: unknown) => {
      if (counts) seen.broken = error
      throw error
    })
    if (counts) {
      seen.status = response.status
      seen.broken = undefined
    }
    if (passing.has(response.status)) {
      await response.body?.cancel()
      throw new CannotConnect(`${clip(new URL(String(input)).host)} answered ${response.status}.`, {
        fix: "Try again later.",
      })
    }
    if (!response.ok) return bounded(response, mostOddBytes)
    return bounded(response, mostBytes, () => {
      seen.tooMuch = new AnswerTooLarge(mostBytes)
      return seen.tooMuch
    })
  }
}

/** Cuts a body short, or fails by `problem`, where it is longer than anybody means. */
function bounded(response: Response, most: number, problem?: () => Error): Response {
  if (response.body === null) return response
  // A stream of events goes on for as long as it likes: each of them is bounded, not all.
  const isStream = /^text\/event-stream\b/i.test(response.headers.get("content-type") ?? "")
  let left = most
  const body = response.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        if (isStream && endsEvent(chunk)) left = most
        left -= chunk.byteLength
        if (left >= 0) controller.enqueue(chunk)
        else if (problem === undefined) controller.terminate()
        else controller.error(problem())
      },
    }),
  )
  const { status, statusText, headers } = response
  return new Response(body, { status, statusText, headers })
}

function endsEvent(chunk: Uint8Array): boolean {
  for (let at = 1; at < chunk.length; at++) {
    const before = chunk[at - 1]
    if (chunk[at] === 10 && (before === 10 || (before === 13 && chunk[at - 2] === 10))) return true
  }
  return false
}

function explain(
  url: URL,
  error: unknown,
  seen: { readonly broken?: unknown; readonly tooMuch?: Error; readonly hasSession: boolean },
): Error | undefined {
  if (seen.tooMuch !== undefined) return seen.tooMuch
  const status = statusIn(error)
  if (status === 401 || status === 403)
    return new AccessRefused(url.href, status, "Give `token`, `headers` or `authProvider` that it accepts.")
  if (status === 404 && seen.hasSession) return new SessionLost(url.href)
  if (status !== undefined && status >= 500)
    return new CannotConnect(`${url.host} answered ${status}.`, { cause: error })
  if (status !== undefined)
    return new NotAnMcpServer(`${url.href} answers ${status}, and not as an MCP server does.`, {
      fix: "Give the URL of the MCP endpoint, which often ends with `/mcp`.",
      cause: error,
    })
  const code = codeIn(seen.broken ?? error)
  if (code === undefined) return undefined
  return new CannotConnect(`${url.host} cannot be reached: ${code}.`, { cause: seen.broken ?? error })
}

function statusIn(error: unknown): number | undefined {
  for (const each of chainOf(error)) {
    const { data, name } = each as { readonly data?: { readonly status?: unknown }; readonly name?: unknown }
    if (typeof data?.status === "number") return data.status
    if (name === "UnauthorizedError") return 401
  }
  return undefined
}

function codeIn(error: unknown): string | undefined {
  for (const each of chainOf(error)) {
    const { code } = each as { readonly code?: unknown }
    if (typeof code === "string" && /^(E[A-Z0-9]+|EAI_\w+|(UND_ERR|CERT|ERR_(SSL|TLS))_\w+)$/.test(code))
      return code
  }
  return undefined
}
