const encoder: InstanceType<typeof TextEncoder> = /* @__PURE__ */ new TextEncoder()
const exact: InstanceType<typeof TextDecoder> = /* @__PURE__ */ new TextDecoder("utf-8", {
  fatal: true,
  ignoreBOM: true,
})

/** Encodes a text as UTF-8. Lone surrogates become U+FFFD. */
export function toUtf8(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text)
}

/** Decodes UTF-8 as it is, a byte order mark included; `undefined` for what is none, instead of a text with gaps. */
export function fromUtf8(bytes: Uint8Array | ArrayBuffer): string | undefined {
  try {
    return exact.decode(bytes)
  } catch {
    // That it is none is one of the answers.
    return undefined
  }
}

/** Takes the byte order mark off a text, as files have it. */
export function withoutMark(text: string): string {
  return text.startsWith("\ufeff") ? text.slice(1) : text
}
