import { InvalidParams, MethodNotFound, show } from "../../errors/protocol.ts"
import type { Implementation, LoggingLevel, ServerCapabilities } from "../../spec/index.ts"
import { latestSessionRevision, type SessionRevision, sessionRevisions } from "../../spec/revisions.ts"
import { type Call, complete, type Outcome } from "../call.ts"
import { isObject, type Params } from "../jsonrpc.ts"
import { isLoggingLevel, loggingLevels } from "../logging-level.ts"
import type { Method } from "../method.ts"
import { maxSubscribedUris, maxUriLength } from "../subscription-limits.ts"
import { sessionCodec } from "./codec.ts"
import { SessionExchange, type SessionRequest } from "./exchange.ts"
import type { SessionData } from "./session.ts"

/** What the methods of sessions need of their server. */
export interface MethodHost {
  /** What the server is, with icons and all. */
  readonly info: Implementation
  readonly instructions: string | undefined
  readonly capabilities: () => ServerCapabilities
}

/** Hears which resources sessions subscribe to. */
export interface Subscribing {
  begin(uri: string, call: Call): void
  end(uri: string, call: Call): void
}

/** The most characters of all URIs that one session subscribes to. */
const maxSubscribed = 131_072

/** The most that a client may say of itself, icons included, in characters. */
const maxHello = 65_536

/** The methods that only revisions with sessions have, as rows of the method table. */
export function sessionMethods(host: MethodHost, subscribing?: Subscribing): readonly Method[] {
  return [
    {
      name: "initialize",
      check: checkInitialize,
      run: (call) => complete(initialized(host, call)),
    },
    { name: "ping", run: () => complete({}) },
    {
      name: "logging/setLevel",
      check: ({ level }) =>
        isLoggingLevel(level)
          ? undefined
          : `The log level \`${show(level)}\` is unknown; use one of ${loggingLevels.join(", ")}.`,
      // `check` let only levels pass.
      run: (call) => change(call, (session) => ({ ...session, logLevel: call.params.level as LoggingLevel })),
    },
    {
      name: "resources/subscribe",
      isOffered: () => host.capabilities().resources !== undefined,
      check: checkUri,
      async run(call) {
        const outcome = await change(call, (session) => withSubscription(session, uriOf(call)))
        subscribing?.begin(uriOf(call), call)
        return outcome
      },
    },
    {
      name: "resources/unsubscribe",
      isOffered: () => host.capabilities().resources !== undefined,
      check: checkUri,
      run(call) {
        subscribing?.end(uriOf(call), call)
        return change(call, (session) => ({
          ...session,
          subscriptions: session.subscriptions.filter((uri) => uri !== uriOf(call)),
        }))
      },
    },
  ]
}

/**
 * The revision that is spoken: the one asked for, else the newest that has sessions.
 *
 * @see S11/basic/lifecycle#version-negotiation
 */
export function negotiate(requested: unknown): SessionRevision {
  return sessionRevisions.find((revision) => revision === requested) ?? latestSessionRevision
}

function initialized(host: MethodHost, call: Call): object {
  const { renderer, revision } = sessionCodec(negotiate(call.params.protocolVersion))
  const { instructions } = host
  return {
    protocolVersion: revision,
    // Both are JSON objects, which their interfaces do not say.
    capabilities: renderer.capabilities(offered(host, call) as Params),
    serverInfo: renderer.implementation(host.info as unknown as Params),
    ...(instructions === undefined ? undefined : { instructions }),
  }
}

/** Without a session nothing can be sent unasked, nor a level or subscription remembered. */
function offered(host: MethodHost, call: Call): ServerCapabilities {
  const all = host.capabilities()
  if (sessionOf(call) !== undefined) return all
  const { tools, prompts, resources, logging: _, ...rest } = all
  return {
    ...rest,
    ...(tools === undefined ? undefined : { tools: {} }),
    ...(prompts === undefined ? undefined : { prompts: {} }),
    ...(resources === undefined ? undefined : { resources: {} }),
  }
}

async function change(call: Call, how: (session: SessionData) => SessionData): Promise<Outcome> {
  const session = sessionOf(call)
  // What was not offered does not exist.
  if (session === undefined) throw new MethodNotFound(call.method)
  await session.site.update(session.data.id, how)
  return complete({})
}

function sessionOf({ exchange }: Call): SessionRequest["session"] {
  return exchange instanceof SessionExchange ? exchange.request.session : undefined
}

function withSubscription(session: SessionData, uri: string): SessionData {
  const { subscriptions } = session
  if (subscriptions.includes(uri)) return session
  const size = subscriptions.reduce((sum, { length }) => sum + length, uri.length)
  if (subscriptions.length >= maxSubscribedUris || size > maxSubscribed) {
    throw new InvalidParams(`The session has ${subscriptions.length} subscriptions already.`, {
      fix: "Unsubscribe from what is not needed any more.",
    })
  }
  return { ...session, subscriptions: [...subscriptions, uri] }
}

function uriOf(call: Call): string {
  // `checkUri` let only strings pass.
  return call.params.uri as string
}

function checkUri({ uri }: Params): string | undefined {
  if (typeof uri !== "string") return "`uri` must be a string."
  return uri.length > maxUriLength ? `\`uri\` has more than ${maxUriLength} characters.` : undefined
}

function checkInitialize({ protocolVersion, capabilities, clientInfo }: Params): string | undefined {
  if (typeof protocolVersion !== "string") return "`protocolVersion` must be a string."
  if (!isObject(capabilities)) return "`capabilities` must be an object."
  for (const name of ["elicitation", "sampling", "roots"]) {
    const value = capabilities[name]
    if (value !== undefined && !isObject(value)) return `\`capabilities.${name}\` must be an object.`
  }
  if (!isObject(clientInfo)) return "`clientInfo` must be an object."
  // The session keeps both as long as it lives.
  const size = JSON.stringify([capabilities, clientInfo]).length
  return size > maxHello
    ? `\`capabilities\` and \`clientInfo\` have more than ${maxHello} characters.`
    : undefined
}
