/** A file format that is known by its first bytes. */
interface Signature {
  readonly mimeType: string
  readonly offset: number
  readonly bytes: readonly number[]
  /** A second mark, for containers such as RIFF. */
  readonly also?: { readonly offset: number; readonly bytes: readonly number[] }
}

const ascii = (text: string): readonly number[] => Array.from(text, (char) => char.charCodeAt(0))

const signatures = /* @__PURE__ */ makeSignatures()

function makeSignatures(): readonly Signature[] {
  const at = (offset: number, bytes: readonly number[], mimeType: string): Signature => ({
    mimeType,
    offset,
    bytes,
  })
  const riff = (form: string, mimeType: string): Signature => ({
    ...at(0, ascii("RIFF"), mimeType),
    also: { offset: 8, bytes: ascii(form) },
  })
  return [
    at(0, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], "image/png"),
    at(0, [0xff, 0xd8, 0xff], "image/jpeg"),
    at(0, ascii("GIF87a"), "image/gif"),
    at(0, ascii("GIF89a"), "image/gif"),
    riff("WEBP", "image/webp"),
    at(4, ascii("ftypheic"), "image/heic"),
    at(0, ascii("BM"), "image/bmp"),
    at(0, [0x49, 0x49, 0x2a, 0x00], "image/tiff"),
    at(0, [0x4d, 0x4d, 0x00, 0x2a], "image/tiff"),
    at(0, [0x00, 0x00, 0x01, 0x00], "image/x-icon"),
    riff("WAVE", "audio/wav"),
    at(0, ascii("ID3"), "audio/mpeg"),
    at(0, [0xff, 0xfb], "audio/mpeg"),
    at(0, [0xff, 0xfa], "audio/mpeg"),
    at(0, [0xff, 0xf3], "audio/mpeg"),
    at(0, [0xff, 0xf2], "audio/mpeg"),
    at(0, [0xff, 0xf1], "audio/aac"),
    at(0, [0xff, 0xf9], "audio/aac"),
    at(0, ascii("OggS"), "audio/ogg"),
    at(0, ascii("fLaC"), "audio/flac"),
    at(4, ascii("ftypM4A"), "audio/mp4"),
    at(4, ascii("ftypmp4"), "audio/mp4"),
    at(4, ascii("ftypisom"), "audio/mp4"),
    at(0, [0x1a, 0x45, 0xdf, 0xa3], "audio/webm"),
    { ...at(0, ascii("FORM"), "audio/aiff"), also: { offset: 8, bytes: ascii("AIF") } },
    at(0, ascii("MThd"), "audio/midi"),
    at(0, ascii("%PDF-"), "application/pdf"),
    at(0, [0x50, 0x4b, 0x03, 0x04], "application/zip"),
    at(0, [0x1f, 0x8b], "application/gzip"),
  ]
}

/** How many bytes from the start {@link sniffMediaType} looks at. */
export const SNIFF_LENGTH: number = 256

/**
 * Tells the media type of bytes by their first few, or `undefined` when they carry no mark that is known here.
 *
 * @see https://mimesniff.spec.whatwg.org
 */
export function sniffMediaType(bytes: Uint8Array): string | undefined {
  const found = signatures.find((signature) => matches(bytes, signature))
  if (found !== undefined) return found.mimeType
  if (isAvif(bytes)) return "image/avif"
  return looksLikeSvg(bytes) ? "image/svg+xml" : undefined
}

function matches(bytes: Uint8Array, signature: Signature): boolean {
  if (!startsWith(bytes, signature.offset, signature.bytes)) return false
  return signature.also === undefined || startsWith(bytes, signature.also.offset, signature.also.bytes)
}

function startsWith(bytes: Uint8Array, offset: number, mark: readonly number[]): boolean {
  return mark.every((byte, index) => bytes[offset + index] === byte)
}

/** AVIF may name itself as the major brand or among the compatible ones. */
function isAvif(bytes: Uint8Array): boolean {
  if (!startsWith(bytes, 4, ascii("ftyp"))) return false
  const brands = String.fromCharCode(...bytes.subarray(8, 40))
  return brands.includes("avif") || brands.includes("avis")
}

function looksLikeSvg(bytes: Uint8Array): boolean {
  const start = new TextDecoder().decode(bytes.subarray(0, SNIFF_LENGTH)).trimStart()
  return start.startsWith("<svg") || (start.startsWith("<?xml") && start.includes("<svg"))
}

/** Names in use for one format, each with the one that {@link sniffMediaType} gives. */
const aliases: { readonly [mimeType: string]: string } = {
  "image/jpg": "image/jpeg",
  "image/pjpeg": "image/jpeg",
  "image/x-png": "image/png",
  "image/vnd.microsoft.icon": "image/x-icon",
  "image/x-ms-bmp": "image/bmp",
  "image/heif": "image/heic",
  "audio/x-wav": "audio/wav",
  "audio/wave": "audio/wav",
  "audio/vnd.wave": "audio/wav",
  "audio/mp3": "audio/mpeg",
  "audio/x-mp3": "audio/mpeg",
  "audio/mpeg3": "audio/mpeg",
  "audio/x-m4a": "audio/mp4",
  "audio/m4a": "audio/mp4",
  "video/mp4": "audio/mp4",
  "audio/x-aac": "audio/aac",
  "audio/aacp": "audio/aac",
  "audio/opus": "audio/ogg",
  "audio/vorbis": "audio/ogg",
  "application/ogg": "audio/ogg",
  "video/ogg": "audio/ogg",
  "video/webm": "audio/webm",
  "audio/x-flac": "audio/flac",
  "audio/x-aiff": "audio/aiff",
  "audio/x-midi": "audio/midi",
  "application/x-gzip": "application/gzip",
}

/** Reduces a media type to its essence in lower case, and a second name of a format to its first. */
function canonicalMediaType(mimeType: string): string {
  const essence = mimeType.split(";", 1)[0]?.trim().toLowerCase() ?? ""
  return Object.hasOwn(aliases, essence) ? (aliases[essence] ?? essence) : essence
}

/** Formats every file of which starts with a mark known here; others exist in variants without. */
const alwaysMarked: readonly string[] = [
  "image/png",
  "image/jpeg",
  "image/gif",
  "image/webp",
  "image/avif",
  "image/svg+xml",
  "audio/wav",
  "audio/ogg",
  "audio/flac",
  "application/pdf",
]

/** Tells whether bytes can be of the declared type: their mark, if they must or do have one, says nothing else. */
export function isMediaTypeOf(declared: string, bytes: Uint8Array): boolean {
  const canonical = canonicalMediaType(declared)
  const sniffed = sniffMediaType(bytes)
  if (sniffed === canonical) return true
  if (sniffed === undefined) return !alwaysMarked.includes(canonical)
  return (
    !signatures.some((signature) => signature.mimeType === canonical) && !alwaysMarked.includes(canonical)
  )
}

const mediaType = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}(?:\s*;[\x20-\x7e]*)?$/i

/** Tells whether text is a media type, such as `text/plain; charset=utf-8`. */
export function isMediaType(text: string): boolean {
  return text.length <= 256 && mediaType.test(text)
}
