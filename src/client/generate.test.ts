import ts from "typescript"
import { describe, expect, it } from "vitest"
import { generateClient } from "./generate.ts"

/** What a compiler has against the grammar of a source. */
function problems(source: string): readonly string[] {
  const { diagnostics = [] } = ts.transpileModule(source, { reportDiagnostics: true })
  return diagnostics.map(({ messageText }) => String(messageText))
}

describe("a generated client", () => {
  it("knows tools by their types", () => {
    const inputSchema = {
      type: "object",
      properties: {
        a: { type: "number" },
        b: { enum: ["x", 1, null] },
        c: { type: "array", items: { $ref: "#/$defs/d" } },
      },
      required: ["a"],
      $defs: { d: { type: "string" } },
    }
    const source = generateClient({
      tools: [{ name: "add", description: "Adds", inputSchema, outputSchema: { type: "number" } }],
    })
    expect(source).toContain("/** Adds */")
    expect(source).toContain(
      '"add": (args: { readonly "a": number; readonly "b"?: "x" | 1 | null; readonly "c"?: readonly (string)[] }, options?: CallOptions) => Promise<number>',
    )
    expect(problems(source)).toEqual([])
  })

  it.each([
    '"; evil(); "',
    "*/ evil() /*",
    "a\nevil()",
    "`$" + "{evil()}`",
    "\u2028evil()",
    "\\",
    "__proto__",
  ])("holds no code of the server's: %j", (text) => {
    const inputSchema = {
      type: "object",
      properties: { [text]: { const: text }, x: { enum: [text] } },
      required: [text],
    }
    const source = generateClient({ tools: [{ name: text, description: text, inputSchema }] })
    expect(problems(source)).toEqual([])
    const file = ts.createSourceFile("x.ts", source, ts.ScriptTarget.Latest)
    // The import, the interface, the type and the function; nothing that would run.
    expect(file.statements.map(({ kind }) => ts.SyntaxKind[kind])).toEqual([
      "ImportDeclaration",
      "InterfaceDeclaration",
      "TypeAliasDeclaration",
      "FunctionDeclaration",
    ])
  })

  it("ends where a schema does not", () => {
    const inputSchema = {
      $ref: "#/$defs/a",
      $defs: {
        a: { anyOf: [{ $ref: "#/$defs/a" }, { $ref: "#/$defs/b" }] },
        b: { allOf: [{ $ref: "#/$defs/a" }, { $ref: "#/$defs/b" }] },
      },
    }
    expect(generateClient({ tools: [{ name: "x", inputSchema }] }).length).toBeLessThan(100_000)
  })
})
