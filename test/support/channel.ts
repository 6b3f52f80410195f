import type { Principal } from "../../src/protocol/principal.ts"
import type { Abortable, Channel, HeaderBag, MessageHandler } from "../../src/protocol/transport.ts"
import { type Message, readMessage } from "./messages.ts"
import type { Rpc } from "./rpc.ts"

/** A channel that nobody is at the other end of, but for the parts that are given. */
export function silentChannel(parts: Partial<Channel> = {}): Channel {
  return {
    headers: undefined,
    principal: undefined,
    committed: false,
    send: () => undefined,
    drained: () => undefined,
    onDisconnect: () => undefined,
    ...parts,
  }
}

export interface FakeChannelOptions {
  /** Without them the channel is that of a transport without headers. */
  readonly headers?: { readonly [name: string]: string }
  readonly principal?: Principal
}

/** A transport for one message that keeps what is sent. */
export class FakeChannel implements Channel {
  readonly headers: HeaderBag | undefined
  readonly principal: Principal | undefined
  readonly sent: string[] = []
  #call: Abortable | undefined
  #left: "disconnect" | "cancel" | undefined

  constructor({ headers, principal }: FakeChannelOptions = {}) {
    this.headers = headers === undefined ? undefined : toHeaderBag(headers)
    this.principal = principal
  }

  get committed(): boolean {
    return this.sent.length > 0
  }

  send(json: string): void {
    this.sent.push(json)
  }

  drained(): undefined {
    return undefined
  }

  onDisconnect(call: Abortable): void {
    this.#call = call
    if (this.#left !== undefined) call.abort(this.#left)
  }

  /** Goes away, or cancels as a stdio client does. */
  leave(reason: "disconnect" | "cancel" = "disconnect"): void {
    this.#left = reason
    this.#call?.abort(reason)
  }
}

/** The answer to a message that went through a {@link FakeChannel}. */
export interface Handled extends Message {
  readonly status: number
  /** What was sent ahead of the answer. */
  readonly notifications: readonly Message[]
}

/** Hands a request to a server past all HTTP. */
export async function handle(
  server: { readonly handler: MessageHandler },
  { message }: Rpc,
  channel: FakeChannel = new FakeChannel(),
): Promise<Handled> {
  const { status, body } = await server.handler.handle(message, channel)
  const notifications = channel.sent.map((json) => readMessage(json, message.method))
  const answer = body === undefined ? {} : readMessage(body, message.method)
  return { ...answer, status, notifications }
}

function toHeaderBag(headers: { readonly [name: string]: string }): HeaderBag {
  const entries = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const)
  const byName = new Map(entries)
  return { get: (name) => byName.get(name), entries: () => entries }
}
