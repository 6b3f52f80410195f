import { once } from "node:events"
import { type IncomingMessage, request } from "node:http"
import { text } from "node:stream/consumers"
import { judge } from "./judge.ts"
import { mutateJson, mutateString } from "./mutate.ts"
import type { Random } from "./random.ts"
import { type Json, toText } from "./values.ts"

type Message = { readonly [member: string]: Json }

const answers: { readonly [method: string]: Json } = {
  "elicitation/create": { action: "accept", content: { name: "Ann" } },
  "roots/list": { roots: [{ uri: "file:///a" }] },
}

/** What an answer asks of its client. */
interface Asked {
  readonly inputRequests?: { readonly [key: string]: { readonly method: string } }
  readonly requestState?: string
}

/**
 * Lets a tool ask, and answers it in up to four rounds, more or less truthfully. Only so does the server get to
 * open states that it sealed itself.
 *
 * @returns What is wrong, or `undefined`.
 */
export async function converse(random: Random, port: number, ms: number): Promise<string | undefined> {
  let added: { readonly [name: string]: Json } = {}
  for (let round = 0; round < 4; round++) {
    const message = askMessage(added, round)
    const body = toText(random.chance(0.2) ? mutateJson(random, message) : message)
    const { problem, asked } = await exchange(port, body, ms)
    if (problem !== undefined) return problem
    if (asked?.requestState === undefined) return undefined
    added = reply(random, asked)
  }
  return undefined
}

function askMessage(added: { readonly [name: string]: Json }, id: number): Message {
  const envelope = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientCapabilities": { elicitation: { form: {} }, roots: {} },
  }
  const params = { name: "ask", arguments: { question: "Who?" }, _meta: envelope, ...added }
  return { jsonrpc: "2.0", id, method: "tools/call", params }
}

function reply(
  random: Random,
  { requestState = "", inputRequests = {} }: Asked,
): { readonly [name: string]: Json } {
  const given = Object.fromEntries(
    Object.entries(inputRequests).map(([key, { method }]) => [key, answers[method] ?? {}]),
  )
  return {
    requestState: random.chance(0.15) ? mutateString(random, requestState) : requestState,
    inputResponses: random.chance(0.3) ? mutateJson(random, given) : given,
  }
}

async function exchange(
  port: number,
  body: string,
  ms: number,
): Promise<{ problem?: string; asked?: Asked }> {
  const headers = {
    "content-type": "application/json",
    "mcp-protocol-version": "2026-07-28",
    "mcp-method": "tools/call",
    "mcp-name": "ask",
  }
  // A connection of its own, so that none is left when all is over.
  const options = { host: "127.0.0.1", port, path: "/mcp", method: "POST", headers, agent: false }
  try {
    const req = request({ ...options, signal: AbortSignal.timeout(ms) }).end(body)
    const [res] = (await once(req, "response")) as [IncomingMessage]
    const answer = {
      status: res.statusCode ?? 0,
      headers: new Map(Object.entries(res.headersDistinct).map(first)),
      body: await text(res),
    }
    const problem = judge(answer, undefined)
    if (problem !== undefined) return { problem: `${problem}\n  after ${body.slice(0, 400)}` }
    return { asked: answer.status === 200 ? JSON.parse(answer.body).result : undefined }
  } catch (error) {
    return { problem: `${error}\n  after ${body.slice(0, 400)}` }
  }
}

function first([name, values]: [string, string[] | undefined]): [string, string] {
  return [name, values?.[0] ?? ""]
}
