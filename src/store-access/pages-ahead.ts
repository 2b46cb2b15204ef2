// Reads a store page by page, each while the caller is busy with the one before.

/**
 * The pages of a store in order.
 *
 * @param read Reads the page at a place; without one, the first.
 * @param placeAfter Where the page after this one starts; undefined after the last.
 */
export async function* pagesAhead<Page, Place>(
  read: (place: Place | undefined) => Promise<Page>,
  placeAfter: (page: Page) => Place | undefined,
): AsyncGenerator<Page, void, undefined> {
  let reading = read(undefined);
  for (;;) {
    const page = await reading;
    const place = placeAfter(page);
    if (place !== undefined) {
      reading = read(place);
      // The caller meets a failure when it asks for that page. One that has stopped has no use for it.
      reading.catch(() => {});
    }
    yield page;
    if (place === undefined) return;
  }
}
