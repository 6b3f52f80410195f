import assert from "node:assert/strict"
import { isStateless, type ProtocolRevision } from "../../src/spec/revisions.ts"
import { assertMatches } from "./matches.ts"
import { type Peer, Refusal } from "./peer.ts"

/** How a client is connected. */
export interface Connection {
  readonly transport: "stdio" | "http"
  /** The revision that client and server must agree on. */
  readonly revision: ProtocolRevision
  /** Which servers ended by themselves, over stdio: a line of this file is a process id. */
  readonly endings: string
}

/** Something that every client is asked. */
export interface Check {
  readonly name: string
  /** Says why a client that is connected so is not asked, where it is not. */
  readonly unless?: (connection: Connection) => string | undefined
  readonly run: (peer: Peer, connection: Connection) => Promise<void>
}

/** Asks only clients whose revision is not older. */
export const since =
  (oldest: ProtocolRevision, what: string) =>
  ({ revision }: Connection): string | undefined =>
    revision < oldest ? `${revision} has no ${what}` : undefined

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

/** The result of a tool that says something. */
export const saying = (text: string | RegExp): object => ({ content: [{ type: "text", text }] })
