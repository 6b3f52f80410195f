import { isObject } from "../../schema/keywords.ts"
import { type Pair, toTree } from "../arguments/pairs.ts"
import { createReader, problemsOf, type Reader } from "../arguments/reader.ts"
import type { Json, Listener } from "../client/dialogue.ts"
import { terminalLine, terminalText } from "../print/terminal-text.ts"
import { askFields } from "./fields.ts"
import type { Person } from "./person.ts"

/** Who answers what a server asks. */
export interface Answering {
  /** The server as the user named it: what it says of itself could be anything. */
  readonly server: string
  /** Nobody, where there is no terminal. */
  readonly person: Person | undefined
  /** Answers that were given beforehand. */
  readonly answers: readonly Pair[]
  /** Says a word about what is done. */
  readonly say: (text: string) => void
}

type Answer = Awaited<ReturnType<Listener["elicit"]>>

/** The most characters of what a server says that are shown. */
const longestMessage = 4_000

/**
 * Answers questions of a server: by what was given beforehand, else by asking the person, one question at a time, else
 * with no. A page is shown, never opened.
 *
 * @see S28/client/elicitation
 */
export function createElicitation(answering: Answering): Listener["elicit"] {
  let last: Promise<unknown> = Promise.resolve()
  return (params) => {
    const answer = last.then(() =>
      params.mode === "url" ? answerPage(params, answering) : answerForm(params, answering),
    )
    // A question that failed must not keep the next one from being asked.
    last = answer.catch(() => undefined)
    return answer
  }
}

async function answerForm(params: Json, answering: Answering): Promise<Answer> {
  const { person, answers, say } = answering
  const reader = await createReader(params.requestedSchema, "answer")
  const known = isObject(reader.schema.properties) ? reader.schema.properties : {}
  const own = answers.filter(({ key }) => Object.hasOwn(known, key))
  const given = toTree(own, reader)
  const verdict = reader.read(given)
  if (own.length > 0 && verdict.ok) {
    say(`The server asked: ${messageOf(params)} Answered by \`--answer\`.`)
    return { action: "accept", content: Object(verdict.value) }
  }
  if (person === undefined) {
    const wanted =
      own.length > 0 ? problemsOf(verdict).join("; ") : `\`--answer ${exampleOf(known)}\` answers it.`
    say(`The server asked: ${messageOf(params)} Declined, since nobody can be asked here. ${wanted}`)
    return { action: "decline" }
  }
  const action = await person.choose<Answer["action"]>({
    message: `${answering.server} asks:\n${messageOf(params)}`,
    choices: [
      { value: "accept", label: Object.keys(known).length === 0 ? "Yes" : "Answer" },
      { value: "decline", label: "Decline" },
      { value: "cancel", label: "Cancel" },
    ],
  })
  if (action !== "accept") return { action: action ?? "cancel" }
  return fillIn(person, { reader, given, say, names: Object.keys(known) })
}

interface Form {
  readonly reader: Reader
  /** What is answered already. */
  readonly given: Json
  readonly names: readonly string[]
  readonly say: Answering["say"]
}

async function fillIn(person: Person, { reader, given, names, say }: Form): Promise<Answer> {
  const asked = await askFields(
    person,
    names.filter((name) => !Object.hasOwn(given, name)),
    reader,
  )
  if (asked === undefined) return { action: "cancel" }
  const verdict = reader.read({ ...given, ...asked })
  if (verdict.ok) return { action: "accept", content: Object(verdict.value) }
  say(`The answer does not fit what was asked, and is not sent: ${problemsOf(verdict).join("; ")}`)
  return { action: "cancel" }
}

async function answerPage(params: Json, { person, server, say }: Answering): Promise<Answer> {
  const url = terminalLine(String(params.url), longestMessage)
  if (person === undefined) {
    say(`The server asked to open ${url} (${messageOf(params)}). Declined, since nobody can be asked here.`)
    return { action: "decline" }
  }
  const action = await person.choose<Answer["action"]>({
    message: `${server} asks to open a page:\n${messageOf(params)}\n\n${url}\n\nOpen it yourself if you trust it.`,
    choices: [
      { value: "accept", label: "I opened it" },
      { value: "decline", label: "Decline" },
      { value: "cancel", label: "Cancel" },
    ],
  })
  return { action: action ?? "cancel" }
}

function messageOf({ message }: Json): string {
  return terminalText(String(message ?? "").slice(0, longestMessage))
}

function exampleOf(properties: Json): string {
  const [name] = Object.keys(properties)
  return name === undefined ? "…" : `${terminalLine(name, 100)}=…`
}
