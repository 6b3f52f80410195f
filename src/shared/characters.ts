// V8 reads the patterns of a file as it loads it, and looks up what a `\p{…}` stands for, which takes 0.1 to 0.8 ms
// each: here are ranges, and patterns that are made when they are first needed.

/** Control characters. */
export const control: RegExp = /[^\u0020-\u007e\u00a0-\u{10ffff}]/u

/** Control characters and halves of characters, which no text needs. */
export const unstorable: RegExp = /[^\u0020-\u007e\u00a0-\ud7ff\ue000-\u{10ffff}]/u

/** What ends a line, hides, or turns the direction of the text that follows. */
export const hidden: RegExp =
  /[^\u0020-\u007e\u00a0-\u061b\u061d-\u200d\u2010-\u2027\u202f-\u2065\u206a-\u{10ffff}]/gu

/** Makes a pattern when it is first asked for. */
export function lazyPattern(source: string, flags: string): () => RegExp {
  let pattern: RegExp | undefined
  return () => {
    pattern ??= new RegExp(source, flags)
    return pattern
  }
}

const identifier = /* @__PURE__ */ lazyPattern("^[\\p{ID_Start}$_][\\p{ID_Continue}$]*$", "u")

/** Whether code could write a name after a dot. */
export function isIdentifier(name: string): boolean {
  // Nearly all are plain.
  return /^[A-Za-z_$][\w$]*$/.test(name) || identifier().test(name)
}
