import { NoResponseStream } from "../errors/lambda.ts"
import type { HttpOptions } from "./http-options.ts"
import { LambdaCall, type LambdaContext } from "./lambda-call.ts"
import { type LambdaHeaders, toLambdaHeaders } from "./lambda-headers.ts"
import { type PlatformServer, serveOnPlatform } from "./platform.ts"

/** Where Lambda takes an answer bit by bit: a `Writable` of Node. */
export interface LambdaResponseStream {
  /** Whether nobody takes anything any more. */
  readonly destroyed: boolean
  /** Whether it wants more at once; otherwise `drain` tells. */
  write(chunk: Uint8Array | string): boolean
  /** Ends the answer. */
  end(): unknown
  /** Listens for `drain`, `error` and `close`. */
  on(event: "drain" | "error" | "close", listener: () => void): unknown
}

/** Answers an event of a function URL bit by bit. */
export type LambdaStreamHandler = (
  event: unknown,
  stream: LambdaResponseStream,
  context?: LambdaContext,
) => Promise<void>

/** What Lambda's Node runtime has as the global `awslambda`. */
interface StreamingRuntime {
  streamifyResponse(handler: LambdaStreamHandler): LambdaStreamHandler
  readonly HttpResponseStream: {
    from(
      stream: LambdaResponseStream,
      head: LambdaHeaders & { readonly statusCode: number },
    ): LambdaResponseStream
  }
}

/**
 * Makes the handler of an AWS Lambda function whose function URL streams (`InvokeMode: RESPONSE_STREAM`): what a call sends
 * before its result arrives at once, and subscriptions stay open as long as the function may run. Otherwise as
 * {@link lambda}.
 *
 * @param server The server.
 * @param options What differs from the server's own `http`. Default: nothing.
 * @throws {NoResponseStream} This is not Lambda's own Node runtime.
 * @throws {UnknownOption} FLEET-09: an option does not exist.
 * @throws {InvalidOption} An option has a value that cannot be meant, or there is no server.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html
 * @example
 * export const handler = lambdaStream(mcp)
 */
export function lambdaStream(server: PlatformServer, options: HttpOptions = {}): LambdaStreamHandler {
  // A global of Lambda's own runtime, as far as it is used.
  const awslambda = (globalThis as { readonly awslambda?: unknown }).awslambda as StreamingRuntime | undefined
  if (awslambda === undefined) throw new NoResponseStream()
  const fetch = serveOnPlatform(server, { adapter: "lambdaStream", options })
  return awslambda.streamifyResponse(async (event, stream, context) => {
    const call = new LambdaCall(event, context)
    const leave = () => call.abort()
    stream.on("error", leave)
    stream.on("close", leave)
    try {
      const { status, headers, body } = await call.inTime(call.ask(fetch))
      const head = { statusCode: status, ...toLambdaHeaders("cookies", headers) }
      const out = awslambda.HttpResponseStream.from(stream, head)
      // The head goes out with the first of the body, if only with nothing of it.
      out.write("")
      if (body !== null) await pass(body, out, call)
      out.end()
    } finally {
      call.end()
    }
  })
}

/** Hands an answer on as fast as it is taken, until the client leaves or the time is up. */
async function pass(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  out: LambdaResponseStream,
  call: LambdaCall,
): Promise<void> {
  if (out.destroyed) return body.cancel()
  let resume = (): void => undefined
  call.signal.addEventListener("abort", () => resume())
  out.on("drain", () => resume())
  try {
    for await (const chunk of call.read(body)) {
      // It would never say that it takes more.
      if (out.destroyed) return
      if (out.write(chunk)) continue
      await new Promise<void>((resolve) => {
        resume = resolve
      })
    }
  } catch (error) {
    // What fails because its time was up has been told. Anything else must not look as if it were whole.
    if (!call.signal.aborted) throw error
  }
}
