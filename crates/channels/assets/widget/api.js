// Asks the server. All calls are of our own origin; the token travels in a header, never in an address.

/** The server said no, or (status 0) nothing at all. */
export class Refused extends Error {
  constructor(status, message, retryAfter) {
    super(message);
    this.status = status;
    this.retryAfter = retryAfter;
  }

  /** Would the same question be worth another try later? */
  get passing() {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

const LIMIT_MS = 20_000;

export class Api {
  constructor(base) {
    this.base = base;
    this.token = null;
  }

  /** `token`: another one than that of the chat, or `false` for none. */
  async ask(method, path, body, { token = true, query } = {}) {
    const address = new URL(path, this.base);
    for (const [name, value] of Object.entries(query || {})) {
      address.searchParams.set(name, value);
    }
    const headers = { accept: 'application/json' };
    if (body !== undefined) {
      headers['content-type'] = 'application/json';
    }
    const bearer = token === true ? this.token : token;
    if (bearer) {
      headers.authorization = `Bearer ${bearer}`;
    }
    let answer;
    let text;
    try {
      answer = await fetch(address, {
        method,
        headers,
        body: body === undefined ? undefined : JSON.stringify(body),
        credentials: 'omit',
        cache: 'no-store',
        signal: AbortSignal.timeout(LIMIT_MS),
      });
      text = await answer.text();
    } catch (error) {
      throw new Refused(0, String(error && error.message));
    }
    let read = null;
    try {
      read = text ? JSON.parse(text) : null;
    } catch {
      // Something between us and the server answered in its place.
      throw new Refused(answer.ok ? 502 : answer.status, 'The answer was not from the chat.');
    }
    if (!answer.ok) {
      throw new Refused(answer.status, sentence(read), Number(answer.headers.get('retry-after')) || 0);
    }
    return { status: answer.status, body: read };
  }
}

// On 422 the sentence of the first field at fault, else the one sentence there is.
function sentence(body) {
  const details = body && body.error && Array.isArray(body.error.details) ? body.error.details : [];
  const message = details.length ? details[0].message : body && body.error && body.error.message;
  return typeof message === 'string' ? message : '';
}
