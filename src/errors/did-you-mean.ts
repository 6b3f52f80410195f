/** Says which name may have been meant, after a sentence. */
export function didYouMean(name: string, near: string | undefined): string {
  if (near === undefined) return ""
  return near === name ? " There is one, of another version." : ` Did you mean \`${near}\`?`
}
