import { SamplingFailed } from "../errors/sampling.ts"
import { isObject } from "../protocol/jsonrpc.ts"
import type {
  ContentBlock,
  CreateMessageRequestParams,
  SamplingMessageContentBlock,
  ToolResultContent,
} from "../spec/index.ts"

/** Which model is asked: its name, or what picks it by the request, such as by its `modelPreferences`. */
export type ModelChoice = string | ((request: CreateMessageRequestParams) => string)

/** The name of the model that a request is for. */
export function modelFor(choice: ModelChoice, request: CreateMessageRequestParams): string {
  return typeof choice === "string" ? choice : choice(request)
}

/** What a tool gave, as one text, for APIs that take no more. */
export function toolResultText({ content, structuredContent }: ToolResultContent): string {
  if (content.length === 0 && structuredContent !== undefined) return JSON.stringify(structuredContent)
  return content.map(blockText).join("\n")
}

/** A block in words. */
function blockText(block: ContentBlock): string {
  switch (block.type) {
    case "text":
      return block.text
    case "resource":
      return "text" in block.resource ? block.resource.text : `<${block.resource.uri}>`
    case "resource_link":
      return `<${block.uri}>`
    case "image":
    case "audio":
      return `<${block.mimeType}>`
  }
}

/** Bytes in base64 as a URL. */
export function dataUrl({ data, mimeType }: { readonly data: string; readonly mimeType: string }): string {
  return `data:${mimeType};base64,${data}`
}

/** Reads the arguments that a model wrote for a tool; a model may write anything. */
export function readArguments(api: string, json: string): { readonly [name: string]: unknown } {
  try {
    const value: unknown = JSON.parse(json === "" ? "{}" : json)
    if (isObject(value)) return value
  } catch {
    // What was cut off by a limit of tokens is no JSON; said below.
  }
  throw new SamplingFailed(`${api} wrote arguments of a tool that are no JSON object.`, {
    fix: "Raise `maxTokens`, or ask again.",
  })
}

/** Refuses what the API of a model has no room for. */
export function cannotSay(api: string, role: string, block: SamplingMessageContentBlock): SamplingFailed {
  const what = "mimeType" in block ? block.mimeType : block.type
  return new SamplingFailed(`${api} takes no \`${what}\` in a message of the ${role}.`, {
    fix: "Say it as text, or use another model.",
  })
}
