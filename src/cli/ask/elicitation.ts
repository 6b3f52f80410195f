import { isObject } from "../../schema/keywords.ts"
import { type Pair, toTree } from "../arguments/pairs.ts"
import { createReader, problemsOf, type Reader } from "../arguments/reader.ts"
import type { Json, Listener } from "../client/dialogue.ts"
import { terminalLine, terminalText } from "../print/terminal-text.ts"
import { askFields, problemWith } from "./fields.ts"
import { OwnAnswers } from "./own-answers.ts"
import type { Person } from "./person.ts"

/** Who answers what a server asks. */
export interface Answering {
  /** The server as the user named it: what it says of itself could be anything. */
  readonly server: string
  /** Nobody, where there is no terminal. */
  readonly person: Person | undefined
  /** Answers that were given beforehand. */
  readonly answers: readonly Pair[]
  /** Whether what only wants a yes has it beforehand. */
  readonly saysYes: boolean
  /** Says a word about what is done. */
  readonly say: (text: string) => void
}

type Answer = Awaited<ReturnType<Listener["elicit"]>>

/** Answering, with the answers that no question has had yet. */
interface Answerer extends Omit<Answering, "answers"> {
  readonly own: OwnAnswers
}

/** The most characters of what a server says that are shown. */
const longestMessage = 4_000

/** The two ways of not answering. */
const refusals = [
  { value: "decline", label: "Decline", hint: "tell the server no" },
  { value: "cancel", label: "Cancel", hint: "tell the server nothing but that you left" },
] as const

/**
 * Answers questions of a server: by what was given beforehand, else by asking the person, one question at a time, else
 * with no. A page is shown, never opened.
 *
 * @see S28/client/elicitation
 */
export function createElicitation({ answers, ...answering }: Answering): Listener["elicit"] {
  const answerer = { ...answering, own: new OwnAnswers(answers) }
  let last: Promise<unknown> = Promise.resolve()
  return (params) => {
    const answer = last.then(() =>
      params.mode === "url" ? answerPage(params, answerer) : answerForm(params, answerer),
    )
    // A question that failed must not keep the next one from being asked.
    last = answer.catch(() => undefined)
    return answer
  }
}

async function answerForm(params: Json, answerer: Answerer): Promise<Answer> {
  const reader = await createReader(params.requestedSchema, "answer")
  const names = isObject(reader.schema.properties) ? Object.keys(reader.schema.properties) : []
  return names.length === 0
    ? answerYesOrNo(params, answerer)
    : answerFields(params, { ...answerer, reader, names })
}

async function answerYesOrNo(params: Json, { person, server, saysYes, say }: Answerer): Promise<Answer> {
  if (saysYes) {
    say(`The server asked: ${messageOf(params)} Answered by \`--yes\`.`)
    return { action: "accept", content: {} }
  }
  if (person === undefined) {
    say(`The server asked: ${messageOf(params)} ${declined} \`--yes\` says yes.`)
    return { action: "decline" }
  }
  const action = await person.choose<Answer["action"]>({
    message: `${server} asks (Esc to cancel):\n${messageOf(params)}`,
    choices: [
      { value: "accept", label: "Yes" },
      { value: "decline", label: "No" },
    ],
    // A key that was pressed once too often must agree to nothing.
    initial: "decline",
  })
  return action === "accept" ? { action, content: {} } : { action: action ?? "cancel" }
}

/** A form, and what it is answered with. */
interface Form extends Answerer {
  readonly reader: Reader
  readonly names: readonly string[]
}

async function answerFields(params: Json, form: Form): Promise<Answer> {
  const { person, own, say, reader, names } = form
  const pairs = own.take(reader, names)
  const given = toTree(pairs, reader)
  const verdict = reader.read(given)
  if (pairs.length > 0 && verdict.ok) {
    say(`The server asked: ${messageOf(params)} Answered by \`--answer\`.`)
    return { action: "accept", content: Object(verdict.value) }
  }
  if (person !== undefined) return fillIn(person, { ...form, message: messageOf(params), given })
  const wanted =
    pairs.length > 0
      ? problemsOf(verdict).join("; ")
      : `\`--answer ${terminalLine(names[0] ?? "", 100)}=…\` answers it.`
  say(`The server asked: ${messageOf(params)} ${declined} ${wanted}`)
  return { action: "decline" }
}

async function fillIn(person: Person, form: Form & { message: string; given: Json }): Promise<Answer> {
  const { reader, message, server, say, given } = form
  const open = form.names.filter(
    (name) => !Object.hasOwn(given, name) || problemWith(name, given, reader) !== undefined,
  )
  const names = open.length === 0 ? form.names : open
  const heading = `${server} asks (Esc to decline):\n${message}`
  let before = given
  for (;;) {
    const { isLeft, values } = await askFields(person, { names, reader, heading, before })
    const next = isLeft || names.length > 1 ? await askWhatNext(person, isLeft) : "accept"
    before = values
    if (next === "again") continue
    if (next !== "accept") return { action: next }
    const verdict = reader.read(values)
    if (verdict.ok) return { action: "accept", content: Object(verdict.value) }
    say(`The answer does not fit what was asked: ${problemsOf(verdict).join("; ")}`)
  }
}

/** @see S28/client/elicitation: people can decline at any time, and see what is sent before it is. */
async function askWhatNext(person: Person, isLeft: boolean): Promise<Answer["action"] | "again"> {
  const next = await person.choose<Answer["action"] | "again">({
    message: isLeft ? "Leave it unanswered?" : "Send this answer?",
    choices: [
      ...(isLeft ? [] : [{ value: "accept", label: "Send" } as const]),
      { value: "again", label: isLeft ? "Go back" : "Change" },
      ...refusals,
    ],
  })
  return next ?? "cancel"
}

async function answerPage(params: Json, { person, server, say }: Answerer): Promise<Answer> {
  const url = terminalLine(String(params.url), longestMessage)
  if (person === undefined) {
    say(`The server asked to open ${url} (${messageOf(params)}). ${declined}`)
    return { action: "decline" }
  }
  // Not in the question, whose lines are broken: a URL that is one line can be copied and clicked.
  say(`\n${url}\n`)
  const action = await person.choose<Answer["action"]>({
    message: `${server} asks to open the page above:\n${messageOf(params)}\n\nOpen it yourself if you trust ${hostOf(params.url)}.`,
    choices: [{ value: "accept", label: "I opened it" }, ...refusals],
  })
  return { action: action ?? "cancel" }
}

const declined = "Declined, since nobody can be asked here."

function messageOf({ message }: Json): string {
  return terminalText(String(message ?? "").slice(0, longestMessage))
}

/** Where a page is, as browsers read it: what stands before an `@`, and letters that look like others, are not the host. */
function hostOf(url: unknown): string {
  const { host = "" } = URL.canParse(String(url)) ? new URL(String(url)) : {}
  return host === "" ? "it" : terminalLine(host, 300)
}
