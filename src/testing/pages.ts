/** Collects the entries of all pages of a list. */
export async function listAll<Entry>(
  request: (params: { readonly cursor?: string }) => Promise<object>,
  field: string,
): Promise<readonly Entry[]> {
  const entries: Entry[] = []
  let cursor: string | undefined
  do {
    // The shape that the specification gives to every list.
    const page = (await request(cursor === undefined ? {} : { cursor })) as Page<Entry>
    const found = page[field]
    if (Array.isArray(found)) entries.push(...found)
    cursor = page.nextCursor
  } while (cursor !== undefined)
  return entries
}

type Page<Entry> = { readonly nextCursor?: string } & { readonly [field: string]: readonly Entry[] | unknown }
