import { ValueTooLarge } from "../errors/storage.ts"
import { utf8Length } from "../shared/utf8-length.ts"

/** @throws {ValueTooLarge} The value takes more bytes in UTF-8 than the limit. */
export function assertFits(
  key: string,
  value: string,
  limit: { readonly of: string; readonly bytes: number },
): void {
  // A character takes three bytes at most, so that most values need not be measured.
  const bytes = value.length * 3 <= limit.bytes ? 0 : utf8Length(value)
  if (bytes > limit.bytes) throw new ValueTooLarge(key, bytes, limit)
}
