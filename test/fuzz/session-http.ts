import { type Agent, type IncomingMessage, request } from "node:http"
import { SseParser } from "../support/sse-parser.ts"

/** One HTTP request to a server with sessions. */
export interface Sent {
  readonly port: number
  readonly agent: Agent
  readonly method: string
  readonly headers: { readonly [name: string]: string }
  readonly body?: string | undefined
  /** Milliseconds that the answer may take to begin. */
  readonly patience: number
}

/** A message that came, and the event that brought it, if one did. */
export interface Heard {
  readonly text: string
  readonly event: string | undefined
}

/** An answer that has begun. */
export interface Answer {
  readonly status: number
  readonly session: string | undefined
  readonly isStream: boolean
  /** Whether its client has gone away from it. */
  readonly isLeft: boolean
  leave(): void
  /** Reads the rest. Resolves to the last event that was named. */
  read(hear: (heard: Heard) => void): Promise<string>
}

/** Sends a request. Resolves when the answer begins. */
export function exchange({ port, agent, method, headers, body, patience }: Sent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port, path: "/mcp", method, headers, agent }
    const req = request(options, (res) => {
      clearTimeout(timer)
      resolve(answerOf(res))
    })
    const timer = setTimeout(() => req.destroy(new Error(`${method} is not answered`)), patience)
    req.on("error", reject)
    req.end(body)
  })
}

function answerOf(res: IncomingMessage): Answer {
  const isStream = res.headers["content-type"]?.startsWith("text/event-stream") === true
  let isLeft = false
  return {
    status: res.statusCode ?? 0,
    // The header is sent once.
    session: res.headers["mcp-session-id"] as string | undefined,
    isStream,
    get isLeft() {
      return isLeft
    },
    leave() {
      isLeft = true
      res.destroy()
    },
    async read(hear) {
      const parser = new SseParser()
      let text = ""
      try {
        for await (const chunk of res.setEncoding("utf8")) {
          if (!isStream) text += chunk
          else for (const { data, id } of parser.push(chunk)) hear({ text: data, event: id })
        }
      } catch (error) {
        if (!isLeft) throw error
      }
      // Half a body is what its client left of it.
      if (text !== "" && !isLeft) hear({ text, event: undefined })
      return parser.lastEventId
    },
  }
}
