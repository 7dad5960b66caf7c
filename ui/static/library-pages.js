// A long list of which only a part is on the page. Pages are fetched one behind the other by the server's cursors; of
// more than MOST of them the one furthest from the reader is taken away, and can be fetched again.

export const MOST = 8;

export class Pages {
  #body;
  #fetchRows;
  #cursors = [null];
  #first = 0;
  #leaving = null;

  // `body` gets one element for each page, which `fetchRows(cursor, number, signal)` gives as {element, next}, where
  // `number` counts the pages before it.
  constructor(body, fetchRows) {
    this.#body = body;
    this.#fetchRows = fetchRows;
  }

  // How many pages stand before the ones that are there.
  get first() {
    return this.#first;
  }

  get hasMore() {
    return this.#cursors[this.#end] !== undefined;
  }

  get hasEarlier() {
    return this.#first > 0;
  }

  get #end() {
    return this.#first + this.#body.children.length;
  }

  // The first page in place of all others. Each of the three gives the page's element, or null where another question
  // was asked meanwhile, so that this answer is stale.
  async begin() {
    const page = await this.#page(0, [null]);
    if (page) {
      this.#first = 0;
      this.#body.replaceChildren(page);
    }
    return page;
  }

  async more() {
    const page = await this.#page(this.#end);
    if (page) {
      this.#body.append(page);
      if (this.#body.children.length > MOST) {
        this.#body.firstElementChild.remove();
        this.#first += 1;
      }
    }
    return page;
  }

  async earlier() {
    const page = await this.#page(this.#first - 1);
    if (page) {
      this.#body.prepend(page);
      this.#first -= 1;
      if (this.#body.children.length > MOST) {
        this.#body.lastElementChild.remove();
      }
    }
    return page;
  }

  // Whatever is still on its way is not wanted any more.
  leave() {
    this.#leaving?.abort();
  }

  async #page(number, cursors = this.#cursors) {
    this.leave();
    const leaving = new AbortController();
    this.#leaving = leaving;
    try {
      const { element, next } = await this.#fetchRows(cursors[number], number, leaving.signal);
      if (leaving.signal.aborted) {
        return null;
      }
      this.#cursors = cursors;
      cursors[number + 1] = next ?? undefined;
      return element;
    } catch (error) {
      if (leaving.signal.aborted) {
        return null;
      }
      throw error;
    }
  }
}
