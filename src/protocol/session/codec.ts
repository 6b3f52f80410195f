import { MissingClientCapability } from "../../errors/capabilities.ts"
import { UriWithoutPrefix } from "../../errors/mounted-names.ts"
import { ResourceNotFound } from "../../errors/resource-not-found.ts"
import { isErrorCodeAllowed } from "../../spec/error-codes.ts"
import { type Features, features } from "../../spec/features.ts"
import type { SessionRevision } from "../../spec/revisions.ts"
import type { Complete, Failure, Outcome } from "../call.ts"
import { type Codec, errorToJson, notificationToJson, progressHead } from "../codec.ts"
import { idToJson, type RequestId, type RpcError } from "../jsonrpc.ts"
import { createRenderer, type Renderer } from "./render.ts"

/** Renders outcomes for one revision with sessions. */
export interface SessionCodec extends Codec {
  readonly revision: SessionRevision
  readonly features: Features
  readonly renderer: Renderer
  answer(id: RequestId | undefined, outcome: Outcome, method: string): string
}

const codecs: Map<SessionRevision, SessionCodec> = /* @__PURE__ */ new Map()

/** The codec of a revision, made when first needed. */
export function sessionCodec(revision: SessionRevision): SessionCodec {
  const known = codecs.get(revision)
  if (known !== undefined) return known
  const codec = createSessionCodec(revision)
  codecs.set(revision, codec)
  return codec
}

function createSessionCodec(revision: SessionRevision): SessionCodec {
  const row = features[revision]
  const renderer = createRenderer(row)
  /** The text of pages of lists, which are frozen and kept as long as they are true. */
  const pages: WeakMap<object, string> = new WeakMap()

  function complete(id: RequestId | undefined, outcome: Complete, method: string): string {
    const { result, serialized } = outcome
    if (serialized?.result !== result) return answered(id, JSON.stringify(render(method, result)))
    const kept = pages.get(result)
    if (kept !== undefined) return answered(id, kept)
    const json = JSON.stringify(render(method, result))
    pages.set(result, json)
    return answered(id, json)
  }

  function render(method: string, result: object): object {
    // A result is a JSON object.
    const { resultType: _, ...fields } = renderer.result(
      method,
      result as { readonly [name: string]: unknown },
    )
    return fields
  }

  function toError({ error, cause }: Failure, method: string): RpcError {
    // S11/server/utilities/completion#error-handling: what a completion refers to is a parameter.
    const isNotFound = cause instanceof ResourceNotFound || cause instanceof UriWithoutPrefix
    if (isNotFound && method !== "completion/complete") return { ...error, code: row.resourceNotFound }
    if (cause instanceof MissingClientCapability) return { ...error, code: row.missingCapability }
    return isErrorCodeAllowed(error.code, revision) ? error : { ...error, code: -32603 }
  }

  return {
    revision,
    features: row,
    renderer,
    progressMessage: row.progressMessage,
    answer(id, outcome, method) {
      switch (outcome.kind) {
        case "complete":
          return complete(id, outcome, method)
        case "extended":
          return answered(id, JSON.stringify(outcome.result))
        case "failure":
          return errorToJson(id, toError(outcome, method))
        case "input-required":
          // Sessions ask and wait; what is left is what nobody could answer.
          return errorToJson(id, {
            code: -32603,
            message: "The call needs input that could not be asked for.",
          })
      }
    },
    error: errorToJson,
    progressHead,
    notification: notificationToJson,
  }
}

function answered(id: RequestId | undefined, json: string): string {
  return `{"jsonrpc":"2.0","id":${idToJson(id)},"result":${json}}`
}
