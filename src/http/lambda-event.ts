import { NotAnHttpEvent } from "../errors/lambda.ts"
import { isObject } from "../protocol/jsonrpc.ts"
import { decodeBase64 } from "../shared/base64.ts"
import { clip } from "../shared/clip.ts"
import { isTexts } from "../shared/is-texts.ts"
import { toUtf8 } from "../shared/utf8.ts"
import { hostName } from "./guard.ts"

/** How a result says headers: in single texts with the cookies apart, in single texts, or in lists. */
export type ResultForm = "cookies" | "single" | "multi"

/** The HTTP request of an event. */
export interface LambdaRequest {
  readonly method: string
  readonly url: URL
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Uint8Array<ArrayBuffer> | undefined
  /** How what called wants its result. */
  readonly form: ResultForm
}

/** An object of JSON. */
type Fields = Record<string, unknown>

/**
 * Reads the event of an HTTP API or function URL (payload 2.0), of a REST API or HTTP API with payload 1.0, or of a load
 * balancer.
 *
 * @throws {NotAnHttpEvent} It is another one, or has a field of another type.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function readEvent(event: unknown): LambdaRequest {
  if (!isObject(event)) throw new NotAnHttpEvent(kindOf(event))
  const context = fieldsOf(event, "requestContext")
  if (isObject(context.http)) return readPayload2(event, context)
  if (typeof event.httpMethod === "string") return readPayload1(event, context)
  throw new NotAnHttpEvent(`an event of ${sourceOf(event)}`)
}

function readPayload2(event: Fields, context: Fields): LambdaRequest {
  const http = fieldsOf(context, "http")
  const pairs = pairsOf(fieldsOf(event, "headers"))
  const cookies = textsOf("cookies", event.cookies ?? [])
  const headers = cookies.length === 0 ? pairs : [...pairs, ["cookie", cookies.join("; ")] as const]
  const path = withoutStage(textOf(event, "rawPath"), context.stage)
  const url = urlOf(headers, context, path)
  url.search = textOf(event, "rawQueryString")
  return { method: textOf(http, "method"), url, headers, body: bodyOf(event), form: "cookies" }
}

function readPayload1(event: Fields, context: Fields): LambdaRequest {
  const isMulti = isObject(event.multiValueHeaders)
  const headers = pairsOf(fieldsOf(event, isMulti ? "multiValueHeaders" : "headers"))
  const path = textOf(event, "path")
  // Only HTTP APIs, which write a version, leave the stage in the path.
  const url = urlOf(headers, context, event.version === undefined ? path : withoutStage(path, context.stage))
  const hasLists = isObject(event.multiValueQueryStringParameters)
  const query = pairsOf(
    fieldsOf(event, hasLists ? "multiValueQueryStringParameters" : "queryStringParameters"),
  )
  // Load balancers pass queries on as they came; gateways have decoded them.
  url.search = isObject(context.elb)
    ? query.map(([name, value]) => `${name}=${value}`).join("&")
    : new URLSearchParams(query.map(([...pair]) => pair)).toString()
  const form = isMulti ? "multi" : "single"
  return { method: textOf(event, "httpMethod"), url, headers, body: bodyOf(event), form }
}

/** The URL a client asked for. What is no host is left to the guard, which sees the header. */
function urlOf(headers: LambdaRequest["headers"], context: Fields, path: string): URL {
  const find = (name: string) => headers.find(([each]) => each.toLowerCase() === name)?.[1]
  const named = find("host") ?? (typeof context.domainName === "string" ? context.domainName : "localhost")
  const scheme = find("x-forwarded-proto") === "http" ? "http" : "https"
  const url = new URL(`${scheme}://${hostName(named) === undefined ? "localhost" : named}`)
  // Never resolved as a reference: `//evil.example/mcp` is a path here.
  url.pathname = path
  return url
}

/** Stages other than the default one stand in front of the path. */
function withoutStage(path: string, stage: unknown): string {
  return typeof stage === "string" && path.startsWith(`/${stage}/`) ? path.slice(stage.length + 1) : path
}

function bodyOf(event: Fields): LambdaRequest["body"] {
  if (event.body === undefined || event.body === null) return undefined
  const text = textOf(event, "body")
  if (event.isBase64Encoded !== true) return toUtf8(text)
  const bytes = decodeBase64(text)
  if (bytes === undefined) throw new NotAnHttpEvent("an event whose `body` is no Base64")
  return bytes
}

/** A field that holds fields; what is not there holds none. */
function fieldsOf(event: Fields, name: string): Fields {
  const value = event[name] ?? {}
  if (!isObject(value)) throw unexpected(name, value)
  return value
}

function textOf(event: Fields, name: string): string {
  const value = event[name]
  if (typeof value !== "string") throw unexpected(name, value)
  return value
}

function textsOf(name: string, value: unknown): readonly string[] {
  if (isTexts(value)) return value
  throw unexpected(name, value)
}

/** Names with their texts, or with lists of them. */
function pairsOf(fields: Fields): readonly (readonly [string, string])[] {
  return Object.entries(fields).flatMap(([name, value]) =>
    textsOf(name, typeof value === "string" ? [value] : value).map((each) => [name, each] as const),
  )
}

function unexpected(name: string, value: unknown): NotAnHttpEvent {
  return new NotAnHttpEvent(`an event whose \`${clip(name)}\` is ${kindOf(value)}`)
}

/** What sent an event that is none of HTTP, as far as it says. */
function sourceOf(event: Fields): string {
  const [record] = Array.isArray(event.Records) ? event.Records : []
  const source = isObject(record) ? (record.eventSource ?? record.EventSource) : event.source
  if (typeof source === "string") return `\`${clip(source)}\``
  const names = Object.keys(event).slice(0, 5)
  return names.length === 0
    ? "no fields"
    : `the fields ${names.map((name) => `\`${clip(name)}\``).join(", ")}`
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return "a list"
  if (value === null || value === undefined) return `\`${value}\``
  return typeof value === "object" ? "an object" : `a ${typeof value}`
}
