import { NotCanonicalJson } from "../../errors/canonical-json.ts"
import { InvalidParams } from "../../errors/protocol.ts"
import { InvalidAnswer, InvalidRequestState } from "../../errors/rounds.ts"
import { canonicalJson } from "../../shared/canonical-json.ts"
import { clip } from "../../shared/clip.ts"
import { randomText } from "../../shared/random-text.ts"
import { type Atomic, createAtomic } from "../../storage/atomic.ts"
import type { StorageParts } from "../../storage/storage.ts"
import { answerProblem } from "../answers.ts"
import type { Answer, Question } from "../call.ts"
import { isObject } from "../jsonrpc.ts"
import { principalKey } from "../principal.ts"
import type { Binding, Journal, PendingQuestion } from "./journal.ts"
import { type StateKeeper, stateLifeMs } from "./sealer.ts"

/**
 * Seals a journal for the client to keep. What is too large for the wire is kept here, and the client keeps a handle.
 *
 * @throws {StorageNotAtomic} FLEET-16: it may be used once, which this storage cannot make sure of.
 * @throws {RequestStateTooLarge}
 */
export async function sealJournal(keeper: StateKeeper, binding: Binding, journal: Journal): Promise<string> {
  const { round, answers, pending, state, id, steps, isOnce } = journal
  const payload: SealedJournal = {
    round,
    answers: [...answers],
    pending,
    state,
    id,
    steps: [...steps].map(([key, text]) => (text === undefined ? [key] : [key, JSON.parse(text)])),
    nonce: isOnce ? await issueNonce(keeper.storage) : undefined,
  }
  const text = await keeper.sealer.seal(payload, associatedData(binding))
  if (text.length <= mostOnWire) return text
  const handle = `${handleMark}${randomText()}`
  const kept = await keeper.storage.part("journal")
  await kept.write(handle, text, { ttl: stateLifeMs })
  return handle
}

/**
 * Opens the journal that a retry brought and enters the new answers.
 *
 * @throws {InvalidParams} `inputResponses` is no object.
 * @throws {InvalidAnswer} One of them is not the answer to what was asked.
 * @throws {InvalidRequestState} The state was not made here for this call and caller, has expired, or was used.
 */
export async function openJournal(keeper: StateKeeper, binding: Binding): Promise<Journal> {
  const { requestState, inputResponses } = binding.params
  if (requestState !== undefined && typeof requestState !== "string")
    throw new InvalidRequestState("it is not a string")
  if (inputResponses !== undefined && !isObject(inputResponses))
    throw new InvalidParams("`inputResponses` must be an object.")
  const before = requestState === undefined ? undefined : await unseal(keeper, binding, requestState)
  const answers = new Map(before?.answers)
  const pending = before?.pending ?? []
  for (const [key, answer] of Object.entries(inputResponses ?? {})) {
    const asked = pending.find((question) => question.key === key)
    // Keys nobody asked for are ignored; without a state nothing tells which those are.
    if (before !== undefined && asked === undefined) continue
    answers.set(key, readAnswer(key, answer, asked?.method))
  }
  // Now that all else is right: what is refused for another reason may be sent again.
  if (before?.nonce !== undefined) await spendNonce(keeper.storage, before.nonce)
  return {
    round: before?.round ?? 1,
    answers,
    pending,
    state: before?.state,
    id: before?.id,
    steps: new Map(before?.steps.map(([key, value]) => [key, JSON.stringify(value)])),
    isOnce: before?.nonce !== undefined,
    assertAnswer,
  }
}

/** The most characters that a client is given to keep. */
const mostOnWire = 8_192

/** What is sealed starts with its version, a digit. */
const handleMark = "~"
const handlePattern = /^~[\w-]{32}$/

async function unseal(
  { sealer, storage }: StateKeeper,
  binding: Binding,
  text: string,
): Promise<SealedJournal> {
  const sealed = text.startsWith(handleMark) ? await fetchKept(storage, text) : text
  // Authenticated: it is what `sealJournal` wrote.
  return (await sealer.open(sealed, associatedData(binding))) as unknown as SealedJournal
}

async function fetchKept(storage: StorageParts, handle: string): Promise<string> {
  const kept = handlePattern.test(handle) ? await (await storage.part("journal")).get(handle) : undefined
  if (kept === undefined)
    throw new InvalidRequestState(
      "what it stands for has expired, or is kept in a storage that is not this one",
    )
  return kept.value
}

async function issueNonce(storage: StorageParts): Promise<string> {
  const nonce = randomText()
  await (await noncesOf(storage)).putIfAbsent(nonce, 1, { ttl: stateLifeMs })
  return nonce
}

async function spendNonce(storage: StorageParts, nonce: string): Promise<void> {
  if ((await (await noncesOf(storage)).take(nonce)) === undefined)
    throw new InvalidRequestState("it may be used once, and was used")
}

async function noncesOf(storage: StorageParts): Promise<Atomic> {
  return createAtomic(await storage.part("once"), { subject: "`once`" })
}

interface SealedJournal {
  readonly round: number
  readonly answers: readonly (readonly [string, Answer])[]
  readonly pending: readonly PendingQuestion[]
  readonly state: unknown
  readonly id: string | undefined
  readonly steps: readonly (readonly [key: string, value?: unknown])[]
  /** Makes it good for one use. */
  readonly nonce: string | undefined
}

function readAnswer(key: string, answer: unknown, method: Question["method"] | undefined): Answer {
  if (!isObject(answer)) throw notAnswer(key, "is not an object")
  assertAnswer(key, method, answer)
  return answer
}

/** @throws {InvalidAnswer} It cannot be the answer to a question of this kind. */
function assertAnswer(key: string, method: Question["method"] | undefined, answer: Answer): void {
  const problem = answerProblem(method, answer)
  if (problem !== undefined) throw notAnswer(key, problem)
}

function notAnswer(key: string, problem: string): InvalidAnswer {
  return new InvalidAnswer(`\`inputResponses.${clip(key)}\` ${problem}.`)
}

function associatedData({ server, principal, method, params }: Binding): string {
  const { _meta, requestState: _state, inputResponses: _answers, ...asked } = params
  const version = isObject(_meta) ? _meta["fleetmcp/version"] : undefined
  try {
    return canonicalJson([server, principalKey(principal), method, version ?? null, asked])
  } catch (cause) {
    if (!(cause instanceof NotCanonicalJson)) throw cause
    throw new InvalidParams("The parameters are too deep or too large for a call that asks.", { cause })
  }
}
