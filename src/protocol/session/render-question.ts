import { MissingClientCapability } from "../../errors/capabilities.ts"
import { NotInRevision } from "../../errors/session.ts"
import type { Features } from "../../spec/features.ts"
import type { ClientCapabilities } from "../../spec/index.ts"
import type { SessionRevision } from "../../spec/revisions.ts"
import type { Question } from "../call.ts"
import { missingCapability } from "../capability.ts"
import { isObject, type Params } from "../jsonrpc.ts"
import { sessionCodec } from "./codec.ts"

/** The client that is asked. */
export interface Asked {
  readonly revision: SessionRevision
  readonly features: Features
  readonly capabilities: ClientCapabilities
}

/**
 * Says a question in the words of the client's revision.
 *
 * @throws {MissingClientCapability} The client, or its revision, knows no such questions.
 * @throws {NotInRevision} The revision knows them, but not one of their parts.
 * @see S11/client/elicitation, S06/client/elicitation, S11/client/sampling
 */
export function renderQuestion({ method, params = {} }: Question, asked: Asked): Params {
  const missing = missingCapability(knownCapabilities(asked), method, params)
  if (missing !== undefined) throw new MissingClientCapability(missing)
  switch (method) {
    case "elicitation/create":
      return renderElicitation(params, asked)
    case "sampling/createMessage":
      return renderSampling(params, asked)
    case "roots/list":
      return params
  }
}

/** What a client declares beyond its revision does not count: the question could not be said. */
function knownCapabilities({ capabilities, features }: Asked): ClientCapabilities {
  const { elicitation, sampling, ...rest } = capabilities
  const { url: _url, ...formOnly } = elicitation ?? {}
  const { tools: _tools, ...toolless } = sampling ?? {}
  const known = features.elicitation.includes("url") ? elicitation : formOnly
  return {
    ...rest,
    ...(elicitation === undefined || features.elicitation.length === 0 ? undefined : { elicitation: known }),
    ...(sampling === undefined ? undefined : { sampling: features.samplingTools ? sampling : toolless }),
  } as ClientCapabilities
}

function renderElicitation(params: Params, { revision, features }: Asked): Params {
  const { mode, requestedSchema, ...rest } = params
  if (mode === "url") {
    const { elicitationId = crypto.randomUUID() } = params
    return features.elicitationId ? { ...params, elicitationId } : params
  }
  // An explicit `inputRequired()` may have left it out; the client will say so.
  if (features.elicitationSchema === "full" || !isObject(requestedSchema)) return params
  const { $schema: _, properties, ...form } = requestedSchema
  const fields = Object.entries(isObject(properties) ? properties : {}).map(([name, field]) => [
    name,
    isObject(field) ? basicField(name, field, revision) : field,
  ])
  return { ...rest, requestedSchema: { ...form, properties: Object.fromEntries(fields) } }
}

/** A field of 2025-06-18: no choice of several, titles beside the values, no default but a boolean's. */
function basicField(name: string, field: Params, revision: SessionRevision): Params {
  if (field.type === "array") {
    const fix = "Ask for one of the choices, or for each by a boolean of its own."
    throw new NotInRevision(`The form field \`${name}\`, a choice of several,`, revision, fix)
  }
  const { default: preset, oneOf, ...rest } = field
  const kept = field.type === "boolean" && preset !== undefined ? { ...rest, default: preset } : rest
  if (!Array.isArray(oneOf)) return kept
  const choices = oneOf.filter(isObject)
  return {
    ...kept,
    enum: choices.map((one) => one.const),
    enumNames: choices.map((one) => one.title ?? one.const),
  }
}

function renderSampling(params: Params, { revision, features }: Asked): Params {
  const { tool, sampled } = sessionCodec(revision).renderer
  const { tools } = params
  const render = (block: unknown) => {
    if (!isObject(block)) return block
    assertSampled(block.type, features, revision)
    return sampled(block)
  }
  return {
    ...params,
    messages: eachMessage(params.messages, features, render),
    ...(Array.isArray(tools) ? { tools: tools.map((one) => (isObject(one) ? tool(one) : one)) } : undefined),
  }
}

function assertSampled(type: unknown, features: Features, revision: SessionRevision): void {
  const isKnown =
    type === "audio"
      ? features.audio
      : (type !== "tool_use" && type !== "tool_result") || features.samplingTools
  if (isKnown) return
  throw new NotInRevision(
    `Content of type \`${type}\``,
    revision,
    "Say it as text, or ask only clients that know it: `ctx.request.revision` names theirs.",
  )
}

/** Renders the blocks of messages. Where those hold no lists, each block is a message. */
function eachMessage(messages: unknown, features: Features, render: (block: unknown) => unknown): unknown {
  if (!Array.isArray(messages)) return messages
  return messages.flatMap((message: unknown) => {
    if (!isObject(message)) return [message]
    const { content, _meta, ...rest } = message
    const blocks = Array.isArray(content) ? content.map(render) : render(content)
    if (features.samplingTools) return [{ ...message, content: blocks }]
    return [blocks].flat().map((block) => ({ ...rest, content: block }))
  })
}
