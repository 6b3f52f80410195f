import { InvalidIcon } from "../errors/components.ts"
import type { Icon } from "../spec/index.ts"

/** What an icon may say besides where it is. */
export interface IconOptions {
  /** `image/` and `png`, `jpeg`, `webp`, `gif`, `avif` or `svg+xml`. Default: that of the data URI; none for a URL. */
  readonly mimeType?: string
  /** `48x48` in pixels, or `any` for a format that scales; one or several. */
  readonly sizes?: string | readonly string[]
  /** The background the icon is made for. Default: any. */
  readonly theme?: "light" | "dark"
}

/** What icons may be. */
const ICON_MEDIA_TYPES: readonly string[] = [
  "image/png",
  "image/jpeg",
  "image/webp",
  "image/gif",
  "image/avif",
  "image/svg+xml",
]

const looked: WeakSet<Icon> = /* @__PURE__ */ new WeakSet()

/**
 * Makes an icon of what was looked at, and remembers it.
 *
 * @param found The media type that its bytes have; `undefined` for a URL.
 * @throws {InvalidIcon} FLEET-24: `mimeType`, `sizes` or `theme` is none, or differs from what was found
 */
export function makeIcon(src: string, options: IconOptions, found?: string): Icon {
  const mimeType = checkMediaType(options.mimeType, found)
  const sizes = options.sizes === undefined ? undefined : checkSizes(options.sizes)
  const theme = checkTheme(options.theme)
  const icon: Icon = Object.freeze({
    src,
    ...(mimeType === undefined ? undefined : { mimeType }),
    ...(sizes === undefined ? undefined : { sizes }),
    ...(theme === undefined ? undefined : { theme }),
  })
  looked.add(icon)
  return icon
}

/** Whether {@link makeIcon} made it: then all of it is good. */
export function isLookedAt(icon: Icon): boolean {
  return looked.has(icon)
}

/** @throws {InvalidIcon} FLEET-24: it is no `https:` URL, or one with credentials */
export function checkUrl(src: string): void {
  const url = URL.canParse(src) ? new URL(src) : undefined
  if (url?.protocol === "https:") {
    if (url.username === "" && url.password === "") return
    throw new InvalidIcon("its URL holds credentials, which every client would see", "Leave them out.")
  }
  const shown = shorten(src)
  if (url?.protocol === "http:") {
    throw new InvalidIcon(
      `\`${shown}\` is not encrypted`,
      "Serve it over `https:`, or use `iconFromFile(path)`.",
    )
  }
  if (/^[A-Za-z0-9+/]{64,}/.test(src))
    throw new InvalidIcon(`\`${shown}\` has no \`data:…;base64,\` in front`)
  throw new InvalidIcon(`\`${shown}\` is neither an \`https:\` URL nor a \`data:\` URI`)
}

function checkMediaType(declared: string | undefined, found: string | undefined): string | undefined {
  if (declared === undefined) return found
  assertIconType(declared)
  if (found === undefined || declared === found) return declared
  throw new InvalidIcon(
    `its data URI says \`${found}\`, but \`mimeType\` says \`${declared}\``,
    "Leave `mimeType` out.",
  )
}

/** @throws {InvalidIcon} FLEET-24 */
export function assertIconType(mimeType: string): void {
  if (ICON_MEDIA_TYPES.includes(mimeType)) return
  const near =
    mimeType === "image/jpg" ? "image/jpeg" : ICON_MEDIA_TYPES.find((type) => type.startsWith(mimeType))
  const known = ICON_MEDIA_TYPES.map((type) => `\`${type}\``).join(", ")
  const fix = near === undefined || mimeType === "" ? `Use one of ${known}.` : `Use \`${near}\`.`
  throw new InvalidIcon(`\`${shorten(mimeType)}\` is not a type that icons may have`, fix)
}

function checkSizes(sizes: string | readonly string[]): readonly string[] {
  const list: readonly unknown[] = typeof sizes === "string" ? [sizes] : sizes
  if (!Array.isArray(list) || list.length > 32) {
    throw new InvalidIcon("`sizes` is not a list of at most 32", 'Use `["48x48"]` or `["any"]`.')
  }
  const odd = list.find(
    (size) => typeof size !== "string" || !/^(?:any|[1-9]\d{0,4}x[1-9]\d{0,4})$/.test(size),
  )
  if (odd !== undefined) {
    throw new InvalidIcon(
      `\`${shorten(String(odd))}\` is not a size`,
      'Use width x height, as `"48x48"`, or `"any"`.',
    )
  }
  return Object.freeze([...list])
}

function checkTheme(theme: unknown): "light" | "dark" | undefined {
  if (theme === undefined || theme === "light" || theme === "dark") return theme
  throw new InvalidIcon(`\`${shorten(String(theme))}\` is not a theme`, 'Use `"light"`, `"dark"` or none.')
}

/** Shows the start of what was given. */
export function shorten(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 60)}…`
}
