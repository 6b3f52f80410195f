import type { Planned } from "./plan.ts"
import type { Received } from "./responses.ts"

/** An answer, as far as it is judged. */
export interface Judged {
  readonly status: number
  readonly headers: ReadonlyMap<string, string> & {
    get(name: string): string | null | undefined
  }
  readonly body: string
}

const statuses = new Set([200, 202, 204, 400, 401, 403, 404, 405, 408, 413, 415, 417, 429, 431])

/** Says what is wrong with an answer, whatever the request was; `undefined` when nothing is. */
export function judge(answer: Judged, request: Planned | undefined): string | undefined {
  const { status, headers, body } = answer
  if (status === 500 && request?.mayFail === true) return undefined
  if (!statuses.has(status)) return `the status is ${status}`
  const trace = /\n\s+at [^\n]*:\d+:\d+|node:internal|file:\/\/[^\s"`]+\.[cm]?[jt]s/.exec(body)
  if (trace !== null) return `a stack shows: ${trace[0]}`
  if (status === 202 || status === 204) return body === "" ? undefined : `a ${status} has a body`
  const type = headers.get("content-type")
  if (request?.isHead === true || body === "") return undefined
  if (type === "application/json") return judgeMessage(body, headers.has("access-control-allow-origin"))
  return type === "text/event-stream" ? judgeStream(body) : undefined
}

/** Says what is wrong with an open stream, which can only be that of a subscription. */
export function judgeOpen({ status, headers, body }: Received): string | undefined {
  if (status !== 200 || headers.get("content-type") !== "text/event-stream") return "the answer does not end"
  return body.includes("notifications/subscriptions/acknowledged") ? undefined : "the stream does not end"
}

function judgeStream(body: string): string | undefined {
  const events = body.split("\n\n").filter((event) => event !== "" && !event.startsWith(":"))
  const problem = events
    .map((event) => {
      const data = /^event: message\ndata: ([^\n]*)$/.exec(event)?.[1]
      return data === undefined
        ? `an event is ${JSON.stringify(event.slice(0, 100))}`
        : judgeMessage(data, true)
    })
    .find((found) => found !== undefined)
  if (problem !== undefined) return problem
  return /"(result|error)":/.test(events.at(-1) ?? "") ? undefined : "a stream ends without an answer"
}

/** Says what is wrong with a message, or with a body of another kind where there may be one. */
export function judgeMessage(text: string, mayBeOther: boolean): string | undefined {
  let message: { readonly [member: string]: unknown }
  try {
    message = JSON.parse(text)
  } catch {
    return `a body of ${text.length} characters is no JSON: ${text.slice(0, 100)} … ${text.slice(-100)}`
  }
  // Routes answer what they like.
  if (message.jsonrpc !== "2.0")
    return mayBeOther || "status" in message ? undefined : `no JSON-RPC: ${text.slice(0, 100)}`
  if (message.method !== undefined) return undefined
  if ("result" in message === "error" in message)
    return `neither or both of result and error: ${text.slice(0, 100)}`
  const { error } = message as { readonly error?: { readonly code?: unknown; readonly message?: unknown } }
  if (error === undefined) return undefined
  if (!Number.isSafeInteger(error.code) || typeof error.message !== "string")
    return `a malformed error: ${text.slice(0, 200)}`
  if (error.message.length > 2000) return `an error of ${error.message.length} characters`
  return undefined
}
