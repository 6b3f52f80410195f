import type { Agent } from "node:http"
import { placeOf, streamOf } from "../../src/protocol/session/session.ts"
import { judgeMessage } from "./judge.ts"
import { markPattern } from "./marks.ts"
import { mutateJson, mutateString } from "./mutate.ts"
import type { Random } from "./random.ts"
import { answerTo, hello, sessionNotification, sessionRequest } from "./session-corpus.ts"
import { type Answer, exchange, type Heard } from "./session-http.ts"
import { type Json, toText } from "./values.ts"

/** What clients of one play have in common. */
export interface Table {
  readonly port: number
  readonly agent: Agent
  readonly random: Random
  readonly patience: number
  /** Hears what is wrong, as it is found out. */
  readonly complain: (problem: string) => void
}

/** Whose client it is. */
export interface Identity {
  readonly name: string
  readonly mark: string
  readonly isForeign: (mark: string) => boolean
}

type Headers = { readonly [name: string]: string }

/**
 * A client with a session that does what it likes, much of it at once, and judges what it hears: each request answered
 * once, events in order and the same whenever they come, never a word of somebody else.
 */
export class SessionPlayer {
  readonly #table: Table
  readonly #identity: Identity
  session: string | undefined
  readonly events: string[] = []
  readonly asked: string[] = []
  readonly #said: Map<string, string> = new Map()
  readonly #open: Set<Answer> = new Set()
  /** What is still read, of which something is due. */
  readonly #due: Set<Promise<void>> = new Set()
  /** Streams that are read on elsewhere. */
  readonly #taken: Set<string> = new Set()
  #lastId = 0
  /** Whether answers may be missing: something was cancelled. */
  #isExcused = false

  constructor(table: Table, identity: Identity) {
    this.#table = table
    this.#identity = identity
  }

  async join(): Promise<void> {
    const answer = await this.#send("POST", { body: toText(hello(this.#table.random, 0)) })
    await this.#read(answer)
    if (answer.status !== 200 || answer.session === undefined)
      this.#table.complain(`no session is opened: ${answer.status}`)
    this.session = answer.session
  }

  /** Does one thing. Resolves when the answer to it has begun. */
  act(other: SessionPlayer): Promise<void> {
    const { random } = this.#table
    return random.weighted<() => Promise<void>>([
      [40, () => () => this.#request()],
      [6, () => () => this.#strangeRequest()],
      [6, () => () => this.#notify()],
      [6, () => () => this.#answer(random.pick([...this.asked, "nobody-1", ""]))],
      [3, () => () => this.#listen(undefined)],
      [4, () => () => this.#listen(random.pick([...this.events, ...strangeEvents]))],
      [3, () => () => this.#listen(random.pick([...other.events, ...strangeEvents]))],
      [4, () => () => this.#trespass(other)],
      [3, () => async () => this.#open.values().next().value?.leave()],
      [1, () => () => this.#begin()],
    ])()
  }

  /** Waits for all that is due, and ends the session, or goes without a word. */
  async part(isPolite: boolean): Promise<void> {
    for (const id of this.asked) await this.#answer(id)
    await Promise.all(this.#due)
    for (const answer of this.#open) answer.leave()
    if (isPolite) await this.#end()
  }

  async #request(): Promise<void> {
    const { random } = this.#table
    const id = ++this.#lastId
    const message = sessionRequest(random, id, this.#identity.mark)
    if (random.chance(0.2)) {
      this.#hear(await this.#send("POST", { body: toText(mutateJson(random, message)) }))
      return
    }
    const { session } = this
    if (session === undefined) return
    const due = this.#settle(await this.#send("POST", { body: toText(message) }), { id, session })
    this.#due.add(due)
    void due.finally(() => this.#due.delete(due))
  }

  /** Reads on until a request is answered. */
  async #settle(first: Answer, { id, session }: { readonly id: Json; readonly session: string }) {
    let count = 0
    let last = ""
    for (let answer = first; ; ) {
      const { status } = answer
      const hear = ({ text }: Heard) => {
        const message = JSON.parse(text)
        if (message.method === undefined && message.id === id) count++
        else if (message.method === undefined && status === 200)
          this.#table.complain(`request ${id} is answered as ${JSON.stringify(message.id)}`)
      }
      const event = await this.#read(answer, hear)
      const isExcused =
        this.#isExcused || answer.isLeft || this.session !== session || this.#taken.has(streamOf(event))
      if (count > 1) this.#table.complain(`request ${id} is answered ${count} times`)
      if (count > 0 || isExcused) return
      if (event === "" || event === last) {
        this.#table.complain(`request ${id} is not answered, but with ${status}`)
        return
      }
      // The server has let the connection go, and wants the client back.
      last = event
      answer = await this.#send("GET", { headers: { "last-event-id": event } })
    }
  }

  async #strangeRequest(): Promise<void> {
    const { random } = this.#table
    const id = this.session ?? ""
    const headers = random.pick<Headers>([
      { "mcp-session-id": "" },
      { "mcp-session-id": "x".repeat(5000) },
      { "mcp-session-id": "__proto__" },
      { "mcp-session-id": mutateString(random, id).replace(/[^\x20-\x7e]/g, "?") },
      { "mcp-protocol-version": "1999-01-01" },
      { "mcp-protocol-version": "2026-07-28" },
      { authorization: "Bearer nobody" },
      { "content-type": "text/plain" },
      { accept: "text/html" },
    ])
    const body = toText(sessionRequest(random, ++this.#lastId, this.#identity.mark))
    this.#hear(await this.#send(random.pick(["POST", "PUT", "GET"]), { headers, body }))
  }

  async #notify(): Promise<void> {
    const { random } = this.#table
    const message = sessionNotification(random, [this.#lastId, this.#lastId - 1])
    if (message.method === "notifications/cancelled") this.#isExcused = true
    const body = toText(random.chance(0.8) ? message : mutateJson(random, message))
    this.#hear(await this.#send("POST", { body }))
  }

  /** Answers something that was asked, or that nobody asked. */
  async #answer(id: string): Promise<void> {
    const { random } = this.#table
    const method = random.pick(["roots/list", "elicitation/create"])
    const response = { jsonrpc: "2.0", id, result: answerTo(method) }
    this.#hear(
      await this.#send("POST", {
        body: toText(random.chance(0.7) ? response : mutateJson(random, response)),
      }),
    )
  }

  /** Opens the stream of what belongs to no request, or reads on in one. */
  async #listen(last: string | undefined): Promise<void> {
    if (last !== undefined) this.#taken.add(streamOf(last))
    this.#hear(await this.#send("GET", { headers: last === undefined ? {} : { "last-event-id": last } }))
  }

  /** Names the session of another, who must not notice. */
  async #trespass(other: SessionPlayer): Promise<void> {
    const { random } = this.#table
    if (other.session === undefined) return
    const headers = { "mcp-session-id": other.session }
    const body = random.pick<Json>([
      { id: random.pick([...other.asked, "1"]), result: { action: "accept", content: { name: "x" } } },
      { method: "notifications/cancelled", params: { requestId: 1 } },
      { id: 1, method: "ping" },
    ])
    const text = toText({ jsonrpc: "2.0", ...Object(body) })
    const answer = await this.#send(random.pick(["POST", "GET", "DELETE"]), { headers, body: text })
    if (answer.status !== 404)
      this.#table.complain(`the session of another is answered with ${answer.status}`)
    this.#hear(answer)
  }

  async #begin(): Promise<void> {
    await this.#end()
    await this.join()
  }

  async #end(): Promise<void> {
    const { session } = this
    this.session = undefined
    this.events.splice(0)
    this.asked.splice(0)
    if (session !== undefined)
      this.#hear(await this.#send("DELETE", { headers: { "mcp-session-id": session } }))
  }

  /** Reads what nobody waits for. */
  #hear(answer: Answer): void {
    this.#read(answer).catch((error) => this.#table.complain(String(error)))
  }

  async #read(answer: Answer, hear: (heard: Heard) => void = () => undefined): Promise<string> {
    this.#open.add(answer)
    let before = ""
    if (answer.status >= 500) this.#table.complain(`the status is ${answer.status}`)
    try {
      return await answer.read((heard) => {
        this.#judge(heard, before)
        before = heard.event ?? ""
        if (heard.text !== "") hear(heard)
      })
    } finally {
      this.#open.delete(answer)
    }
  }

  /** Judges one message, which comes after another event of its stream. */
  #judge({ text, event }: Heard, before: string): void {
    const { complain } = this.#table
    const foreign = text.match(markPattern)?.find(this.#identity.isForeign)
    if (foreign !== undefined) complain(`${foreign} is heard: ${text.slice(0, 200)}`)
    if (text !== "") {
      const problem = text.startsWith("[") ? undefined : judgeMessage(text, false)
      if (problem !== undefined) complain(problem)
      const { method, id } = JSON.parse(text)
      if (method !== undefined && id !== undefined && !this.asked.includes(id)) this.asked.push(id)
    }
    // Without an id of its own it has that of the event before it: the session is over.
    if (event === undefined || event === before) return
    const said = this.#said.get(event)
    if (said !== undefined && said !== text) complain(`${event} said ${said}, and says ${text}`)
    if (placeOf(event) <= placeOf(before)) complain(`${event} comes after ${before}`)
    this.#said.set(event, text)
    this.events.push(event)
  }

  #send(method: string, { headers = {}, body }: { readonly headers?: Headers; readonly body?: string }) {
    const { port, agent, patience } = this.#table
    const isPost = method === "POST" || method === "PUT"
    return exchange({
      port,
      agent,
      method,
      patience,
      headers: {
        authorization: `Bearer ${this.#identity.name}`,
        accept: "application/json, text/event-stream",
        ...(isPost ? { "content-type": "application/json" } : undefined),
        ...(this.session === undefined ? undefined : { "mcp-session-id": this.session }),
        ...headers,
      },
      body: isPost ? body : undefined,
    })
  }
}

const strangeEvents = ["", "-", "r0-0", "s-", "__proto__-1", "x".repeat(5000), "r-99999999999999999999"]
