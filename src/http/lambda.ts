import { encodeBase64 } from "../shared/base64.ts"
import { fromUtf8, toUtf8 } from "../shared/utf8.ts"
import { errorAnswer } from "./answer.ts"
import type { HttpOptions } from "./http-options.ts"
import { LambdaCall, type LambdaContext, toResponse } from "./lambda-call.ts"
import type { ResultForm } from "./lambda-event.ts"
import { type LambdaHeaders, toLambdaHeaders } from "./lambda-headers.ts"
import { type PlatformServer, serveOnPlatform } from "./platform.ts"

/** What a function gives back to what called it over HTTP. */
export interface LambdaResult extends LambdaHeaders {
  /** The status of HTTP. */
  statusCode: number
  /** Text, or bytes in Base64. */
  body: string
  /** Whether the body is bytes. */
  isBase64Encoded: boolean
}

/** Answers an event of a gateway, a function URL or a load balancer. */
export type LambdaHandler = (event: unknown, context?: LambdaContext) => Promise<LambdaResult>

/** The most bytes of a result that Lambda hands on. */
const maxResult = 6 * 1024 * 1024

/**
 * Makes the handler of an AWS Lambda function that API Gateway (HTTP API or REST API), a function URL or a load balancer
 * calls. Answers are whole: an event stream is handed on when it has ended. Clients of older revisions are served without
 * sessions, and hosts are left to the platform, which routes by them; origins are checked.
 *
 * The handler throws `NOT_AN_HTTP_EVENT` for what is no HTTP request, so that Lambda counts the call as failed.
 *
 * @param server The server.
 * @param options What differs from the server's own `http`. Default: nothing.
 * @throws {UnknownOption} FLEET-09: an option does not exist.
 * @throws {InvalidOption} An option has a value that cannot be meant, or there is no server.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
 * @example
 * export const handler = lambda(mcp)
 */
export function lambda(server: PlatformServer, options: HttpOptions = {}): LambdaHandler {
  const fetch = serveOnPlatform(server, { adapter: "lambda", options })
  return async (event, context) => {
    const call = new LambdaCall(event, context)
    try {
      const response = await call.inTime(call.ask(fetch).then((answer) => readWhole(answer, call)))
      const result = await toResult(call.request.form, response)
      return isTooLarge(result) ? await toResult(call.request.form, refusal()) : result
    } finally {
      call.end()
    }
  }
}

/** Waits for all of an answer, or refuses it where there is more than can be handed on. */
async function readWhole(response: Response, call: LambdaCall): Promise<Response> {
  const { body, status, headers } = response
  if (body === null) return response
  const chunks: Uint8Array<ArrayBuffer>[] = []
  let size = 0
  for await (const chunk of call.read(body)) {
    chunks.push(chunk)
    size += chunk.byteLength
    if (size > maxResult) return refusal()
  }
  return new Response(new Blob(chunks), { status, headers })
}

/** Lambda counts the JSON that it hands on, in which a quote is two bytes and a control character six. */
function isTooLarge(result: LambdaResult): boolean {
  return result.body.length * 6 > maxResult && toUtf8(JSON.stringify(result)).byteLength > maxResult
}

function refusal(): Response {
  return toResponse(errorAnswer(500, tooLarge))
}

const tooLarge = `The answer is more than Lambda hands on, which is ${maxResult} bytes of JSON. Stream it with \`lambdaStream()\`.`

async function toResult(form: ResultForm, response: Response): Promise<LambdaResult> {
  const bytes = new Uint8Array(await response.arrayBuffer())
  const text = fromUtf8(bytes)
  return {
    statusCode: response.status,
    ...toLambdaHeaders(form, response.headers),
    body: text ?? encodeBase64(bytes),
    isBase64Encoded: text === undefined,
  }
}

export { type LambdaResponseStream, type LambdaStreamHandler, lambdaStream } from "./lambda-stream.ts"
export type { LambdaContext, LambdaHeaders, PlatformServer }
