import { describe, expect, it } from "vitest"
import { NotAForm } from "../errors/elicitation.ts"
import { InvalidSchema } from "../errors/schema.ts"
import { elicitationForm } from "./elicitation.ts"

describe("a form", () => {
  // In JavaScript nothing else keeps a program from it. A promise that nobody awaits would end the process.
  it.each([undefined, null, 5, "text"])(
    "that is %j is refused, and leaves no promise behind",
    async (form) => {
      // @ts-expect-error These are no forms.
      await expect(elicitationForm(form)).rejects.toThrow(InvalidSchema)
    },
  )

  it.each([
    [{ s: "Small" }, "is without a type"],
    [{ anyOf: [{ type: "string" }, { type: "number" }] }, "is a union"],
    [{ type: "null" }, "is of type `null`"],
    [[], "is a choice of nothing"],
  ])("of %j says what it is", async (form, what) => {
    await expect(elicitationForm(form)).rejects.toThrow(what)
    await expect(elicitationForm(form)).rejects.toThrow(NotAForm)
  })
})
