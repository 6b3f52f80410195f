import type { SessionRevision } from "../../src/spec/revisions.ts"
import { allCapabilities, type Fields, type HttpRequest } from "./corpus/request.ts"
import type { SessionCase } from "./corpus/sessions.ts"
import { inTime, type Observation, read, toRequest } from "./observe.ts"

type Handler = (request: Request) => Promise<Response>

/** Opens a session, has the exchange of a case in it, and returns what came. */
export async function converse(
  handler: Handler,
  revision: SessionRevision,
  entry: SessionCase,
): Promise<Observation> {
  const { capabilities = allCapabilities, answers = {} } = entry
  const clientInfo = { name: "corpus", version: "1" }
  const params = { protocolVersion: revision, capabilities, clientInfo }
  const opened = await handler(post({ jsonrpc: "2.0", id: 0, method: "initialize", params }))
  await read(opened)
  const session = {
    "mcp-session-id": opened.headers.get("mcp-session-id") ?? undefined,
    "mcp-protocol-version": revision,
  }
  await read(await handler(post({ jsonrpc: "2.0", method: "notifications/initialized" }, session)))
  const request = toSend(entry, { ...session, ...entry.headers })
  const replies: Promise<unknown>[] = []
  const hear = (message: unknown): void => {
    const { id, method } = message as { readonly id?: unknown; readonly method?: string }
    if (id === undefined || method === undefined) return
    replies.push(handler(post({ jsonrpc: "2.0", id, ...answers[method] }, session)))
  }
  const answer = handler(toRequest(request, new AbortController().signal))
  const observation = await inTime(answer.then((response) => read(response, { hear })))
  await Promise.all(replies)
  return plain(observation)
}

function post(message: unknown, headers: Fields = {}): Request {
  return toRequest(toSend({ name: "", message }, headers), new AbortController().signal)
}

function toSend({ method = undefined, message }: SessionCase, headers: Fields): HttpRequest {
  return {
    method: method ?? "POST",
    url: "http://127.0.0.1/mcp",
    headers: {
      accept: method === "GET" ? "text/event-stream" : "application/json, text/event-stream",
      ...(message === undefined ? undefined : { "content-type": "application/json" }),
      ...headers,
    },
    body: message === undefined ? undefined : JSON.stringify(message),
  }
}

/** Whether an answer comes as JSON or as a stream is the server's choice, and so are the ids of its questions. */
function plain(observation: Observation): Observation {
  const messages = observation.messages.flat().map((message) => {
    const { id, method } = message as { readonly id?: unknown; readonly method?: string }
    return id !== undefined && method !== undefined ? { ...Object(message), id: "<id>" } : message
  })
  const { allow } = observation.headers
  return {
    ...observation,
    kind: observation.kind === "hang" ? "hang" : messages.length === 0 ? "empty" : "json",
    messages,
    headers: allow === undefined ? {} : { allow },
  }
}
