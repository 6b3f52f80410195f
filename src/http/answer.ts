import { FleetError } from "../errors/fleet-error.ts"
import { BodyTooLarge } from "../errors/http.ts"
import { ParseError } from "../errors/protocol.ts"
import { errorToJson } from "../protocol/codec.ts"
import type { Refusal } from "../server/authenticator.ts"
import type { AnswerHeaders } from "./cors.ts"
import type { Endpoint } from "./endpoint.ts"
import type { Load } from "./load.ts"

/** A whole HTTP answer, before it is written. */
export interface Answer {
  readonly status: number
  readonly headers: AnswerHeaders
  readonly body: string | undefined
}

/** Checks the type of a body. `application/json` with any parameters is fine, and nothing else. */
export function contentTypeProblem(contentType: string | undefined): Answer | undefined {
  if (contentType === "application/json") return undefined
  const type = contentType?.split(";", 1)[0]?.trim().toLowerCase()
  if (type === "application/json") return undefined
  const shown =
    contentType === undefined ? "no content type" : `the content type \`${contentType.slice(0, 100)}\``
  return errorAnswer(415, `The body has ${shown}; send \`application/json\`.`)
}

/**
 * Reads the text of a body.
 *
 * @throws {ParseError} It is not JSON.
 */
export function parseBody(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new ParseError("The body is not JSON.", { cause })
  }
}

export function bodyTooLarge(limit: number): Answer {
  return errorAnswer(413, new BodyTooLarge(limit).message)
}

/** An answer that a JSON-RPC client can read, without an id since no message was read. */
export function errorAnswer(status: number, message: string, headers?: AnswerHeaders): Answer {
  return {
    status,
    headers: { ...jsonHeaders, ...headers },
    body: errorToJson(undefined, { code: -32600, message }),
  }
}

/** The answer to a request that the authenticator turned away. */
export function refusalAnswer({ status, headers }: Refusal): Answer {
  const message = status === 403 ? "This credential does not suffice." : "A valid credential is needed."
  return errorAnswer(status, message, headers)
}

/**
 * The answer where something threw that should not have. What it said is no business of the client, unless it is
 * about the client's own body.
 */
export function failureAnswer(endpoint: Endpoint, error: unknown): Answer {
  if (error instanceof FleetError && error.http !== undefined) {
    const { message, rpc: code = -32600 } = error
    const { status, headers } = error.http
    return {
      status,
      headers: { ...jsonHeaders, ...headers },
      body: errorToJson(undefined, { code, message }),
    }
  }
  const message = `Internal error (${endpoint.report(error, "answering an HTTP request")}).`
  return { status: 500, headers: jsonHeaders, body: errorToJson(undefined, { code: -32603, message }) }
}

/** Adds the headers that let a page of another origin read an answer. */
export function withCors(endpoint: Endpoint, origin: string | undefined, answer: Answer): Answer {
  if (endpoint.cors === undefined) return answer
  return { ...answer, headers: { ...endpoint.cors.headers(origin), ...answer.headers } }
}

export const jsonHeaders = { "content-type": "application/json" } as const

/** The answer to a request that is one too many; `undefined` while there is room. */
export function overload({ open, max }: Load): Answer | undefined {
  return open < max ? undefined : tooMany("under way, see `http.maxRequests`")
}

/** @see https://www.rfc-editor.org/rfc/rfc9110#section-15.6.4 */
export function tooMany(where: string): Answer {
  return errorAnswer(503, `Too many requests are ${where}.`, { "retry-after": "1" })
}
