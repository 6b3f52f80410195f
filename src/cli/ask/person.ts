import type { Readable } from "node:stream"
import type { CANCEL_SYMBOL } from "@clack/prompts"
import { wrap } from "../print/layout.ts"
import type { Output } from "../print/output.ts"

/** One of several answers. */
export interface Choice<T> {
  readonly value: T
  readonly label: string
  readonly hint?: string
}

/** What is asked for with words. */
export interface TextQuestion {
  readonly message: string
  readonly initial?: string | undefined
  readonly placeholder?: string | undefined
  /** Says what is wrong with an answer. */
  readonly problem: (text: string) => string | undefined
}

/** What is asked with answers to choose from. */
export interface ChoiceQuestion<T> {
  readonly message: string
  readonly choices: readonly Choice<T>[]
}

/** Somebody in front of a terminal. Every question resolves to `undefined` when it is left by Escape or Ctrl-C. */
export interface Person {
  text(question: TextQuestion): Promise<string | undefined>
  choose<T>(question: ChoiceQuestion<T> & { readonly initial?: T | undefined }): Promise<T | undefined>
  chooseSome<T>(
    question: ChoiceQuestion<T> & { readonly initial?: readonly T[]; readonly isRequired: boolean },
  ): Promise<readonly T[] | undefined>
}

/** Where a person is asked. */
export interface Desk {
  readonly input: Readable
  readonly output: Output
  readonly signal: AbortSignal
  /** Called before each question, so that nothing else is written into it. */
  readonly clear: () => void
}

/** The most answers that are shown at once. */
const maxItems = 12

/** Columns of the line on the left. */
const guideWidth = 3

/** Asks at a terminal. All texts must be fit for one. */
export function personAt({ clear, output, ...more }: Desk): Person {
  const desk = { ...more, output: output.stream }
  async function ask<T>(
    question: (clack: Clack) => Promise<T | typeof CANCEL_SYMBOL>,
  ): Promise<T | undefined> {
    const clack = await import("@clack/prompts")
    clear()
    const answer = await question(clack)
    // `as`: what is not the mark of leaving is the answer.
    return clack.isCancel(answer) ? undefined : (answer as T)
  }
  /** As the library wraps all texts but those around a line to type in. */
  function wrapped(text: string, prefix: string): string {
    return wrap(text, output.width - guideWidth).replaceAll("\n", `\n${prefix}`)
  }
  return {
    text: ({ message, initial, placeholder, problem }) =>
      ask((clack) => {
        const guide = `${output.colors.gray(clack.S_BAR)}  `
        return clack.text({
          ...desk,
          message: wrapped(message, guide),
          ...(initial !== undefined && { initialValue: initial }),
          ...(placeholder !== undefined && { placeholder: wrapped(placeholder, guide) }),
          validate: (text) => {
            const said = problem(text ?? "")
            return said === undefined ? undefined : wrapped(said, " ".repeat(guideWidth))
          },
        })
      }),
    choose: async ({ message, choices, initial }) => {
      const at = await ask((clack) =>
        clack.select({
          ...desk,
          message,
          options: numbered(choices),
          maxItems,
          initialValue: Math.max(
            0,
            choices.findIndex(({ value }) => value === initial),
          ),
        }),
      )
      return at === undefined ? undefined : choices[at]?.value
    },
    chooseSome: async ({ message, choices, initial = [], isRequired }) => {
      const chosen = await ask((clack) =>
        clack.multiselect({
          ...desk,
          message,
          options: numbered(choices),
          maxItems,
          required: isRequired,
          initialValues: [...choices.keys()].filter((at) =>
            initial.some((value) => value === choices[at]?.value),
          ),
        }),
      )
      // `as`: the numbers are those of the choices.
      return chosen?.map((at) => choices[at]?.value as (typeof choices)[number]["value"])
    },
  }
}

type Clack = typeof import("@clack/prompts")

/** Choices by their places: values may be equal, or nothing that the library tells apart. */
function numbered(choices: readonly Choice<unknown>[]) {
  return choices.map(({ label, hint }, value) => ({ value, label, ...(hint !== undefined && { hint }) }))
}
