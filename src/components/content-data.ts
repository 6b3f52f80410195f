import { InvalidContent } from "../errors/components.ts"
import { decodeBase64, encodeBase64, isBase64 } from "../shared/base64.ts"
import { isMediaType, isMediaTypeOf, SNIFF_LENGTH, sniffMediaType } from "./content-media.ts"

/** Bytes, or base64 text of them. */
export type BinaryData = Uint8Array | ArrayBuffer | string

interface Media {
  readonly data: string
  readonly mimeType: string
}

/**
 * Checks what `image()` or `audio()` was given and encodes it.
 *
 * @throws {InvalidContent}
 */
export function toMedia(
  helper: "image" | "audio",
  data: BinaryData,
  mimeTypeOption: string | undefined,
): Media {
  const source = typeof data === "string" ? splitDataUri(data) : { data, mimeType: undefined }
  const head = headOf(helper, source.data)
  const declared = mimeTypeOption ?? source.mimeType
  const mimeType = declared ?? sniffMediaType(head)
  if (mimeType === undefined) {
    const fix = `Give it: \`${helper}(data, { mimeType: "${helper}/…" })\`.`
    throw new InvalidContent(helper, "its media type cannot be told from the first bytes", fix)
  }
  assertMediaType(helper, mimeType)
  if (!mimeType.toLowerCase().startsWith(`${helper}/`)) {
    throw new InvalidContent(
      helper,
      `its media type is \`${mimeType}\``,
      "Use `file()` for what is neither image nor audio.",
    )
  }
  if (declared !== undefined) assertMatches(helper, declared, head)
  return {
    data: typeof source.data === "string" ? source.data : encodeBase64(toBytes(helper, source.data)),
    mimeType,
  }
}

/** `data:image/png;base64,…` is what canvases and charts give. */
function splitDataUri(data: string): { readonly data: string; readonly mimeType: string | undefined } {
  const [header = ""] = data.startsWith("data:") ? data.slice(0, 200).split(",", 1) : []
  if (!header.endsWith(";base64")) return { data, mimeType: undefined }
  const mimeType = header.slice("data:".length, -";base64".length)
  return { data: data.slice(header.length + 1), mimeType: mimeType === "" ? undefined : mimeType }
}

function headOf(helper: string, data: BinaryData): Uint8Array {
  if (typeof data !== "string") return toBytes(helper, data).subarray(0, SNIFF_LENGTH)
  assertBase64(helper, data)
  // Four characters are three bytes: a cut between groups is base64 again.
  return decodeBase64(data.slice(0, Math.ceil(SNIFF_LENGTH / 3) * 4)) ?? new Uint8Array()
}

/** Returns the bytes of what a helper was given. */
export function toBytes(helper: string, data: BinaryData): Uint8Array {
  if (typeof data === "string") {
    assertBase64(helper, data)
    return decodeBase64(data) ?? new Uint8Array()
  }
  if (!(data instanceof Uint8Array || data instanceof ArrayBuffer)) {
    const fix = "Pass a `Uint8Array` (a `Buffer` is one), an `ArrayBuffer`, or a string."
    throw new InvalidContent(helper, `it was given a value of type \`${typeof data}\``, fix)
  }
  const bytes = data instanceof Uint8Array ? data : new Uint8Array(data)
  if (bytes.length > 0 || helper === "file") return bytes
  throw new InvalidContent(helper, "it was given no bytes", "Check what the bytes came from.")
}

function assertBase64(helper: string, data: string): void {
  if (data !== "" && isBase64(data)) return
  const shown = data.length <= 60 ? data : `${data.slice(0, 60)}…`
  throw new InvalidContent(helper, `\`${shown}\` is not base64`, base64Fix(helper, data))
}

function base64Fix(helper: string, data: string): string {
  if (/^https?:/i.test(data))
    return `Fetch it and pass the bytes, or return \`link("${data.slice(0, 100)}")\`.`
  if (/^(?:\.{0,2}\/|file:|[A-Za-z]:\\)|\.[a-z0-9]{2,4}$/i.test(data)) {
    return `Read the file and pass its bytes: \`${helper}(await readFile(path))\`.`
  }
  return "Pass the bytes, or base64 with padding and without line breaks."
}

/** Refuses what is not of the form of a media type. */
export function assertMediaType(helper: string, mimeType: string): void {
  if (isMediaType(mimeType)) return
  throw new InvalidContent(
    helper,
    `\`${mimeType.slice(0, 60)}\` is not a media type`,
    'Write it as `"image/png"`.',
  )
}

/** Refuses a declared type that the first bytes contradict. */
export function assertMatches(helper: string, declared: string, head: Uint8Array): void {
  if (isMediaTypeOf(declared, head)) return
  const actual = sniffMediaType(head)
  const problem = `its bytes are ${actual === undefined ? "not" : `\`${actual}\`, not`} \`${declared}\``
  throw new InvalidContent(helper, problem, "Leave `mimeType` out, or correct it.")
}
