// Who asks: a session in this page's memory and nowhere else, got for a ticket that the page around this one fetches.

const PATIENCE = 20000;

// Why something was not done. `kind`: offline, signed-out, limit, busy, closed, or refused, with the server's sentence.
export class Failure extends Error {
  constructor(kind, { sentence = "", seconds = null, status = 0 } = {}) {
    super(sentence || kind);
    this.kind = kind;
    this.sentence = sentence;
    this.seconds = seconds;
    this.status = status;
  }
}

const KINDS = { 401: "signed-out", 429: "limit", 500: "busy", 502: "busy", 503: "busy", 504: "busy" };

// What a response that is no success says.
export async function failureOf(response) {
  const told = await response.json().catch(() => null);
  const after = Number.parseInt(response.headers.get("retry-after") ?? "", 10);
  return new Failure(KINDS[response.status] ?? "refused", {
    sentence: typeof told?.error === "string" ? (told.said?.error ?? told.error) : "",
    seconds: Number.isFinite(after) ? after : null,
    status: response.status,
  });
}

export class Session {
  #embed;
  #host;
  #secret = null;
  #beginning = null;
  #waiting = null;

  constructor(embed, host) {
    this.#embed = embed;
    this.#host = host;
    host.on("ticket", ({ ticket }) => this.#waiting?.resolve(ticket));
    host.on("no-ticket", ({ status }) => this.#waiting?.reject(this.#refused(status)));
  }

  // The response to a request of ours; a session that has ended is begun again, once. Raises Failure.
  async fetch(path, { method = "GET", body, signal, accept = "application/json" } = {}) {
    const headers = { accept, "accept-language": document.documentElement.lang, ...(body && { "content-type": "application/json" }) };
    const options = { method, headers, signal, body: body && JSON.stringify(body), cache: "no-store" };
    const first = await this.#sent(path, options);
    const response = first.status === 401 ? await this.#sent(path, options, first) : first;
    if (!response.ok) {
      throw await failureOf(response);
    }
    return response;
  }

  async json(path, options) {
    return (await this.fetch(path, options)).json();
  }

  // Begun before the first question, so that the answer need not wait for it.
  async begin() {
    this.#beginning ??= this.#begun().finally(() => {
      this.#beginning = null;
    });
    return this.#secret ?? this.#beginning;
  }

  async #sent(path, options, refused = null) {
    if (refused && refused.used === this.#secret) {
      this.#secret = null;
    }
    const used = this.#secret ?? (await this.begin());
    const response = await reached(path, { ...options, headers: { ...options.headers, authorization: `Bearer ${used}` } });
    response.used = used;
    return response;
  }

  async #begun() {
    const ticket = await this.#ticket();
    const response = await reached("/embed/v1/session", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ embed: this.#embed, ticket }),
    });
    if (!response.ok) {
      throw await failureOf(response);
    }
    this.#secret = (await response.json()).session;
    return this.#secret;
  }

  #ticket() {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Failure("offline")), PATIENCE);
      this.#waiting = { resolve, reject };
      this.#host.send("ticket");
      this.#waiting.late = late;
    }).finally(() => {
      clearTimeout(this.#waiting.late);
      this.#waiting = null;
    });
  }

  #refused(status) {
    const kind = status === 0 ? "offline" : status === 403 || status === 404 ? "closed" : KINDS[status];
    return new Failure(kind ?? "busy", { status });
  }
}

async function reached(path, options) {
  try {
    return await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") {
      throw error;
    }
    throw new Failure("offline");
  }
}
