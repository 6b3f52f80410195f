import type { IsTemplate, TemplateVariables } from "../../src/shared/uri-template/variables.ts"
import { parseTemplate, type UriTemplate } from "../../src/shared/uri-template.ts"

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
type Expect<Verdict extends true> = Verdict

// Exported, so that the compiler does not call the cases unused.
export type Cases = [
  // Path variables are required, query variables optional, in one flat object.
  Expect<
    Equal<
      TemplateVariables<"users://{id}/files/{path*}{?format}">,
      { id: string; path: string; format?: string }
    >
  >,
  Expect<Equal<TemplateVariables<"a://{+rest}">, { rest: string }>>,
  Expect<Equal<TemplateVariables<"a://b{?x,y,z}">, { x?: string; y?: string; z?: string }>>,
  Expect<Equal<TemplateVariables<"a://b?k=1&q={q}{&x,y}">, { q: string; x?: string; y?: string }>>,
  Expect<Equal<TemplateVariables<"a://{user-id}.{file.ext}">, { "user-id": string; "file.ext": string }>>,
  // Without braces there are no variables; unknown text may have any.
  Expect<Equal<keyof TemplateVariables<"config://settings">, never>>,
  Expect<Equal<TemplateVariables<string>, Record<string, string | undefined>>>,
  Expect<Equal<TemplateVariables<`users://${string}`>, Record<string, string | undefined>>>,
  Expect<Equal<TemplateVariables<"a://{x}" | "b://{y}">, { x: string } | { y: string }>>,
  Expect<Equal<IsTemplate<"users://{id}">, true>>,
  Expect<Equal<IsTemplate<"config://settings">, false>>,
  Expect<Equal<IsTemplate<string>, boolean>>,
]

const template = parseTemplate("users://{id}/files/{path*}{?format}")
const matched = template.match("users://1/files/a")
export const id: string | undefined = matched?.id
export const format: string | undefined = matched?.format

template.expand({ id: "1", path: "a/b" })
template.expand({ id: "1", path: "a/b", format: "json" })
// @ts-expect-error `path` is missing.
template.expand({ id: "1" })
// @ts-expect-error `name` is no variable of the template.
template.expand({ id: "1", path: "a", name: "b" })
// @ts-expect-error `name` is no variable of the template.
matched?.name

// @ts-expect-error A query variable may be absent.
export const certain: string | undefined = matched === undefined ? undefined : needString(matched.format)

const dynamic = parseTemplate(String("users://{id}"))
export const maybe: string | undefined = dynamic.match("users://1")?.id

// What is typed by a literal still fits where any template is taken.
export const untyped: UriTemplate = template

function needString(text: string): string {
  return text
}
