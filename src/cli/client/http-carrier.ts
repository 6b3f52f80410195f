import { setTimeout } from "node:timers/promises"
import type { FetchLike } from "@modelcontextprotocol/client"
import { chainOf } from "../../client/carrier.ts"
import { AccessRefused, AnswerTooLarge, CannotConnect, NotAnMcpServer } from "../../errors/dialogue.ts"
import type { FleetError } from "../../errors/fleet-error.ts"
import { clip } from "../../shared/clip.ts"
import type { TargetOptions } from "../target-options.ts"
import { type Carrier, systemCode } from "./carrier.ts"

/** What a server answered that is no message. */
interface Odd {
  readonly status: number
  readonly type: string
  readonly text: string
  /** Where it redirects. */
  readonly location: string | null
}

/** The most bytes of one answer, and of one that is only looked at to say what is wrong. */
const mostBytes = 512 * 1024 * 1024
const mostOddBytes = 65_536

/** How long a server may take to end a session, in milliseconds. */
const farewellMs = 1_000

const giveEndpoint = "Give the URL of the MCP endpoint, which often ends with `/mcp`."

/** Opens Streamable HTTP to a URL. */
export async function openHttp(url: URL, options: TargetOptions): Promise<Carrier> {
  const { StreamableHTTPClientTransport } = await import("@modelcontextprotocol/client")
  let odd: Odd | undefined
  let broken: unknown
  const send: FetchLike = async (input, init) => {
    // A server without a stream of its own answers GET with 405, and one without sessions DELETE; both as they should.
    const counts = init?.method === "POST"
    if (counts) odd = broken = undefined
    const response = await fetch(input, init).catch((error: unknown) => {
      if (counts) broken = error
      throw error
    })
    const type = response.headers.get("content-type") ?? ""
    // An answer to a notification has no body; one to a request is a message or a stream of them.
    const isMessage = response.ok && /^(application\/json|text\/event-stream)\b|^$/i.test(type)
    if (isMessage) return bounded(response, mostBytes, () => new AnswerTooLarge(mostBytes))
    const text = await bounded(response, mostOddBytes)
      .text()
      .catch(() => "")
    const { status, statusText, headers } = response
    if (counts) odd = { status, type, text, location: headers.get("location") }
    return new Response(text === "" ? null : text, { status, statusText, headers })
  }
  const headers = [...options.header.map(([name, value]): [string, string] => [name, value])]
  if (options.token !== undefined) headers.push(["authorization", `Bearer ${options.token}`])
  const transport = new StreamableHTTPClientTransport(url, { requestInit: { headers }, fetch: send })
  return {
    transport,
    name: url.href,
    hasHeaders: true,
    explain: (error) =>
      unreachable(url, error) ??
      unreachable(url, broken) ??
      (odd && unexpected(url, odd, options.token !== undefined)) ??
      unsent(url, broken) ??
      new NotAnMcpServer(`${url.href} answers, but not as an MCP server does.`, {
        fix: giveEndpoint,
        cause: error,
      }),
    async close() {
      // A session would be kept until it is idle; a server may not let clients end it, or not answer that.
      const farewell = transport.terminateSession().catch(() => undefined)
      await Promise.race([farewell, setTimeout(farewellMs, undefined, { ref: false })])
    },
  }
}

/** Cuts a body short, or fails by `problem`, where it is longer than anybody means. */
function bounded(response: Response, most: number, problem?: () => Error): Response {
  let left = most
  const body = response.body?.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        left -= chunk.byteLength
        if (left >= 0) controller.enqueue(chunk)
        else if (problem === undefined) controller.terminate()
        else controller.error(problem())
      },
    }),
  )
  const { status, statusText, headers } = response
  return new Response(body ?? null, { status, statusText, headers })
}

function unreachable(url: URL, cause: unknown): FleetError | undefined {
  const code = systemCode(cause)
  const { host, hostname } = url
  switch (code) {
    case undefined:
      return undefined
    case "ECONNREFUSED":
      return new CannotConnect(`Nothing listens on ${host}.`, {
        fix: "Start the server, or correct the port.",
        cause,
      })
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return new CannotConnect(`There is no host \`${clip(hostname)}\`.`, { fix: "Correct its name.", cause })
    case "ERR_SSL_WRONG_VERSION_NUMBER":
    case "ERR_SSL_PACKET_LENGTH_TOO_LONG":
      return new CannotConnect(`${host} speaks no TLS.`, {
        fix: "Write `http://` instead of `https://`.",
        cause,
      })
    default:
      if (code.startsWith("HPE_"))
        return new NotAnMcpServer(`${host} speaks no HTTP.`, { fix: "Correct the port.", cause })
      return new CannotConnect(`${host} cannot be reached: ${code}.`, {
        fix: /CERT|SSL|TLS/.test(code) ? "Give Node its certificate by `NODE_EXTRA_CA_CERTS`." : undefined,
        cause,
      })
  }
}

/** What the HTTP client itself refuses to do, such as to speak with the port of a mail server. */
function unsent(url: URL, broken: unknown): FleetError | undefined {
  const [last] = chainOf(broken).slice(-1)
  if (!(last instanceof Error)) return undefined
  return new CannotConnect(`${url.host} cannot be reached: ${clip(last.message)}.`, { cause: broken })
}

function unexpected(url: URL, odd: Odd, hasToken: boolean): FleetError {
  const { status, type, text, location } = odd
  if (status === 401 || status === 403) {
    const refused = "The token was not accepted: give another one by `--token`."
    const missing =
      'Give a token by `--token` or `FLEETMCP_TOKEN`, or what it wants by `--header "Name: value"`.'
    return new AccessRefused(url.href, status, hasToken ? refused : missing)
  }
  if (location !== null)
    return new NotAnMcpServer(`${url.href} answered ${status}, and leads to \`${clip(location, 200)}\`.`, {
      fix: "Give that URL, if you trust it with what is sent.",
    })
  if (/html/i.test(type))
    return new NotAnMcpServer(`${url.href} answered with a web page (${status}).`, {
      fix: giveEndpoint,
    })
  const said = text.trim() === "" ? "" : `: ${clip(messageIn(text), 600)}`
  return new NotAnMcpServer(`${url.href} answered ${status}${said}`, {
    fix: said === "" || status === 404 ? giveEndpoint : undefined,
  })
}

/** The message of an error that came as JSON, or the text as it is. */
function messageIn(text: string): string {
  try {
    const { error } = JSON.parse(text)
    return typeof error?.message === "string" ? error.message : text
  } catch {
    // Then it is shown as it came.
    return text
  }
}
