import { lazyPattern } from "../shared/characters.ts"

/** What stands in place of a secret. */
export const redacted = "[redacted]"

/**
 * What is kept out of payloads besides what always is: names of fields, paths of them, or a function that says of the
 * field at a path `true` to hide it, `false` to show it, and `undefined` to go by the names.
 */
export type RedactOption =
  | readonly string[]
  | ((path: readonly string[], value: unknown) => boolean | undefined)

/** Keeps secrets out of what is written. */
export interface Redactor {
  /** Whether the field at a path is hidden. */
  hides(path: readonly string[], value: unknown): boolean
  /** Takes secrets out of a text that is no JSON: a URL, a header, a command. */
  scrub(text: string): string
}

/** What the names of secrets contain; those of up to four letters are whole words of them. */
export const secretNames: readonly string[] = [
  "accesskey",
  "apikey",
  "auth",
  "authorization",
  "bearer",
  "cardnumber",
  "connectionstring",
  "cookie",
  "credential",
  "creditcard",
  "cvc",
  "cvv",
  "jwt",
  "otp",
  "pass",
  "passphrase",
  "passwd",
  "password",
  "pin",
  "privatekey",
  "pwd",
  "secret",
  "sessionid",
  "signingkey",
  "ssn",
  "token",
]

/** Names of fields that are longer are hidden unseen. */
const longestName = 256

/** Makes what keeps secrets out. */
export function createRedactor(option: RedactOption = []): Redactor {
  const given = typeof option === "function" ? [] : option
  const decide = typeof option === "function" ? option : undefined
  const names = [...secretNames, ...given.filter((one) => !isPath(one)).map(lettersOf)]
  const paths = given.filter(isPath).map((path) => path.split("."))
  const whole = new Set(names.filter((name) => name.length <= 4))
  // Letters and digits alone: nothing in them means anything to a pattern.
  const part = new RegExp(names.filter((name) => name.length > 4).join("|"))

  function isSecret(name: string): boolean {
    if (name.length > longestName) return true
    const letters = lettersOf(name)
    return part.test(letters) || whole.has(letters) || wordsOf(name).some((word) => whole.has(word))
  }

  function decided(path: readonly string[], value: unknown): boolean | undefined {
    try {
      return decide?.(path, value)
    } catch {
      // What cannot say whether it is a secret is taken for one.
      return true
    }
  }

  return {
    hides(path, value) {
      const verdict = decided([...path], value)
      if (verdict !== undefined) return verdict !== false
      return isSecret(path.at(-1) ?? "") || paths.some((pattern) => matches(pattern, path))
    },
    scrub: (text) => scrub(text, isSecret),
  }
}

/** Whether a text of the option is a path and not a name. */
export function isPath(text: string): boolean {
  return text.includes(".")
}

/** A name as it is compared: `X-Api-Key` and `api_key` are one. */
export function lettersOf(name: string): string {
  if (/^[a-z0-9]*$/.test(name)) return name
  return name.toLowerCase().replace(noLetters(), "")
}

/** The words of a name: `userPin` and `user_pin` have two. */
function wordsOf(name: string): readonly string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .split(noLetters())
    .map(lettersOf)
}

const noLetters = /* @__PURE__ */ lazyPattern("[^\\p{L}\\p{N}]+", "gu")

function matches(pattern: readonly string[], path: readonly string[]): boolean {
  return pattern.length === path.length && pattern.every((step, at) => step === "*" || step === path.at(at))
}

// In all of these patterns no character can begin two runs: what a peer sends must not take quadratic time.

/** A name and what stands between it and its value: `token=`, `"password": `, and in a text within a text `\"pin\":`. */
const names = /(?<![\w.-])([\w.-]+)\\*["']?\s{0,8}[:=]\s{0,8}\\*/g

/** What a name is set to: a text in quotes, or anything up to where the next begins; lists and objects to the end. */
const values = /"(?:[^"\\]|\\[\s\S])*"?|'(?:[^'\\]|\\[\s\S])*'?|[{[][\s\S]*|[^\s,;&"']+/y

/** What a header is set to: to the end of the line. */
const lines = /"(?:[^"\\]|\\[\s\S])*"?|[^\r\n]+/y

const headers: ReadonlySet<string> = /* @__PURE__ */ new Set([
  "authorization",
  "proxyauthorization",
  "cookie",
  "setcookie",
])

/** What shows by its form that it is secret: bearer tokens, JWTs, keys of well-known makes, private keys, passwords in URLs. */
const forms: readonly RegExp[] = [
  /(?<=\bbearer\s{1,8})(?=\S{20}|\S{0,19}\d)[\w.~+/=-]{8,}/gi,
  /(?<![\w-])eyJ[\w-]{10,}(?:\.[\w-]*){0,2}/g,
  /(?<![\w-])(?:sk-|sk_live_|rk_live_|gh[pousr]_|github_pat_|glpat-|xox[abeprs]-|AKIA|AIza|npm_)[\w-]{12,}/g,
  /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\s\S]*/g,
  /(?<=:\/\/[^\s/:@]{0,256}:)[^\s/@]{1,256}(?=@)/g,
]

/** What all of the above have in common: most texts have nothing of it, and are told apart by this alone. */
const hint = /[:=]|bearer|eyJ|PRIVATE KEY|[-_]\w{12}|AKIA|AIza/i

function scrub(text: string, isSecret: (name: string) => boolean): string {
  if (!hint.test(text)) return text
  let shown = ""
  let done = 0
  for (const match of text.matchAll(names)) {
    const name = match[1] ?? ""
    // What was taken as a value is no name.
    if (match.index < done || !isSecret(name)) continue
    const start = match.index + match[0].length
    const pattern = headers.has(lettersOf(name)) ? lines : values
    pattern.lastIndex = start
    const value = pattern.exec(text)?.[0]
    if (value === undefined) continue
    shown += text.slice(done, start) + redacted
    done = start + value.length
  }
  shown += text.slice(done)
  return forms.reduce((left, form) => left.replace(form, redacted), shown)
}
