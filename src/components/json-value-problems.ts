import { MAX_JSON_DEPTH, MAX_JSON_NODES } from "./json-value-bounds.ts"

interface Problem {
  readonly what: string
  readonly fix: string
}

type ProblemName =
  | "undefined"
  | "hole"
  | "circular"
  | "tooDeep"
  | "tooLarge"
  | "invalidDate"
  | "iterable"
  | "bytes"
  | "content"
  | "data"
  | "dataAmongContents"

const unmix =
  "Return content blocks only (`text()` wraps words), or both in `new ToolResult({ content, structuredContent })`."

/** What can stand in the way of JSON, and what to do about it. */
export const problems: { readonly [Name in ProblemName]: Problem } = {
  undefined: { what: "`undefined`", fix: "Return `null` in its place, or filter the array." },
  hole: { what: "a hole in an array", fix: "Fill it with `null`, or filter the array." },
  circular: {
    what: "a reference back to an object that contains it",
    fix: "Return its id in place of the object.",
  },
  tooDeep: { what: `deeper than ${MAX_JSON_DEPTH} levels`, fix: "Return a flatter value." },
  tooLarge: {
    what: `beyond the ${MAX_JSON_NODES} values that one result may hold`,
    fix: "Return a page with a cursor, or a `link()` to a resource.",
  },
  invalidDate: { what: "an invalid Date", fix: "Check the date, or return `null` in its place." },
  iterable: {
    what: "an iterable that is no array",
    fix: "Collect it: `[...value]`, or yield what it gives from a generator: `yield* value`.",
  },
  bytes: {
    what: "bytes",
    fix: "Wrap them: `image(bytes)`, `audio(bytes)` or `file(bytes, { name, mimeType })`.",
  },
  content: { what: "a content block among data", fix: unmix },
  data: { what: "data among content blocks", fix: unmix },
  dataAmongContents: { what: "data among contents", fix: "Wrap each item in `resourceContents()`, or none." },
}

/** What to do about primitives, whose own value the message shows. */
export const primitiveFixes: { readonly [Kind in "notFinite" | "bigint" | "symbol" | "function"]: string } = {
  notFinite: "Return `null`, or a string that says what it means.",
  bigint: "Return `String(value)`, or `Number(value)` if it is a safe integer.",
  symbol: "Return its `description`.",
  function: "Call it and return what it gives, or leave it out.",
}

/** What to return in place of a built-in object, by its tag. */
export const builtInFixes: { readonly [tag: string]: string } = {
  Map: "Return `Object.fromEntries(map)`, or `[...map]` if its keys are not strings.",
  Set: "Return `[...set]`.",
  Error: "Throw it, or throw a `ToolError` to speak to the model; as data return `error.message`.",
  RegExp: "Return its `source`.",
  Generator: "Return `[...generator]`.",
  AsyncGenerator: "Collect it into an array first.",
  Response: "Return `await response.json()` or `await response.text()`.",
  Request: "Return `await request.json()` or `await request.text()`.",
  Blob: "Return `file(await blob.arrayBuffer(), { name, mimeType })`.",
  File: "Return `file(await blob.arrayBuffer(), { name, mimeType })`.",
  ReadableStream: "Read it to its end first.",
  URLSearchParams: "Return `String(params)` or `Object.fromEntries(params)`.",
  Headers: "Return `Object.fromEntries(headers)`.",
  FormData: "Return `Object.fromEntries(form)`.",
  String: "Return the primitive: `value.valueOf()`.",
  Number: "Return the primitive: `value.valueOf()`.",
  Boolean: "Return the primitive: `value.valueOf()`.",
}
