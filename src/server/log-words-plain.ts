/** What is written of a text and of what was thrown, where no terminal shows it and what is deployed is weighed. */
export function logWords(text: string, error: unknown): readonly unknown[] {
  // The error first: what stands in the text, such as a URI with `%d0`, must not take its place.
  return error ? [error, text] : [text]
}
