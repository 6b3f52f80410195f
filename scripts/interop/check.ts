import assert from "node:assert/strict"
import { isStateless, type ProtocolRevision } from "../../src/spec/revisions.ts"
import { assertMatches } from "./matches.ts"
import { type Peer, Refusal } from "./peer.ts"

/** How a client is connected. */
export interface Connection {
  readonly transport: "stdio" | "http"
  /** The revision that client and server must agree on. */
  readonly revision: ProtocolRevision
  /** Whether the server knows who is calling. */
  readonly isKnown: boolean
  /** Why the client answers no questions, where it does not. */
  readonly silent: string | undefined
  /** Has the server start anew where it was. Not over stdio, where it ends with its client. */
  readonly restart?: () => Promise<void>
  /** Has the client connect anew, which need not survive that its server is killed. */
  readonly reconnect: () => Promise<void>
  /** What the server has written into a file: `charges` or `endings`, by lines. */
  readonly written: (file: "charges" | "endings") => readonly string[]
}

/** Something that every client is asked. */
export interface Check {
  readonly name: string
  /** Says why a client that is connected so is not asked, where it is not. */
  readonly unless?: (connection: Connection) => string | undefined
  readonly run: (peer: Peer, connection: Connection) => Promise<void>
}

/** Asks only clients that answer questions, in revisions that have them. */
export const answering =
  (oldest: ProtocolRevision, what: string) =>
  ({ silent, revision }: Connection): string | undefined =>
    silent ?? (revision < oldest ? `${revision} has no ${what}` : undefined)

/** Asks only clients that have a session. */
export const inSessions =
  (what: string) =>
  ({ revision }: Connection): string | undefined =>
    isStateless(revision) ? `${revision} has no ${what}` : undefined

/** Asserts what a client gets: the fields that are expected, of objects that may have more. */
export async function expectAnswer(answer: Promise<unknown>, expected: unknown): Promise<void> {
  assertMatches(await answer, expected)
}

/** Asserts that a client is refused, by one of these error codes and in the server's words. */
export async function expectRefusal(
  answer: Promise<unknown>,
  codes: readonly number[],
  words: RegExp,
): Promise<void> {
  const error = await answer.then(
    (result) => new Error(`It was answered: ${JSON.stringify(result)}`),
    (reason: unknown) => reason,
  )
  if (!(error instanceof Refusal)) throw error
  assert.match(error.message, words)
  assert.ok(codes.includes(Number(error.code)), `the code is ${error.code}: ${error.message}`)
}

/** What a client is told, whether as a result or as an error. */
export async function wordsOf(answer: Promise<unknown>): Promise<string> {
  return JSON.stringify(await answer.catch((error: unknown) => String(error)))
}

/** The parameters of a call of a tool. */
export const call = (name: string, args: object = {}): object => ({ name, arguments: args })

/** The result of a tool that says something. */
export const saying = (text: string | RegExp): object => ({ content: [{ type: "text", text }] })

/** The result of a tool that failed. */
export const failing = (text: string | RegExp): object => ({ isError: true, ...saying(text) })

/** The text that a tool said. */
export function textOf(answer: unknown): string {
  assertMatches(answer, saying(/./))
  // `as`: matched above.
  const { content } = answer as { readonly content: readonly [{ readonly text: string }] }
  return content[0].text
}
