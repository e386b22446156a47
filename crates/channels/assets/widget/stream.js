// What comes from the server: a stream of events that goes on where it broke off, and where streams do not get through, polling.
// It is read with fetch and not with EventSource, so that the token is a header and a refusal can be read.

const SILENCE_MS = 45_000;
const POLL_MS = 5_000;
const POLL_HIDDEN_MS = 60_000;
const STREAM_AGAIN_MS = 60_000;
const HIDDEN_GRACE_MS = 30_000;
const FAILURES_BEFORE_POLLING = 3;

export class Stream {
  /**
   * `on.event(name, data)`, `on.poll()` (reads what is new; throws), `on.state(connected)`, `on.refused()` (the token has ended;
   * answers whether there is a new one), `on.seq()` (the last message that is here).
   */
  constructor(api, on) {
    this.api = api;
    this.on = on;
    this.running = 0;
    this.failures = 0;
    this.retryMs = 3_000;
    this.wake = null;
    document.addEventListener('visibilitychange', () => this.seen());
    window.addEventListener('online', () => {
      this.failures = 0;
      this.hurry();
    });
    // A connection without a network may hang for long before it is known to be dead.
    window.addEventListener('offline', () => this.abort && this.abort.abort());
    // A page that comes back out of the browser's cache has a dead connection.
    window.addEventListener('pageshow', event => event.persisted && this.restart());
  }

  start() {
    if (!this.running) {
      this.restart();
    }
  }

  restart() {
    this.stop();
    this.running = (this.count = (this.count || 0) + 1);
    this.failures = 0;
    this.live(this.running);
  }

  stop() {
    this.running = 0;
    clearTimeout(this.hiding);
    if (this.abort) {
      this.abort.abort();
    }
    this.hurry();
  }

  hurry() {
    if (this.wake) {
      this.wake();
    }
  }

  // Browsers allow a server few connections: a tab that nobody looks at asks now and then instead of holding one.
  seen() {
    clearTimeout(this.hiding);
    if (document.hidden) {
      this.hiding = setTimeout(() => this.abort && this.abort.abort(), HIDDEN_GRACE_MS);
    } else {
      this.hurry();
    }
  }

  sleep(ms) {
    return new Promise(done => {
      const timer = setTimeout(finish, ms);
      const self = this;
      this.wake = finish;
      function finish() {
        clearTimeout(timer);
        self.wake = null;
        done();
      }
    });
  }

  async live(mine) {
    let triedAt = 0;
    while (this.running === mine) {
      if (document.hidden && triedAt) {
        await this.sleep(POLL_HIDDEN_MS);
        await this.poll(mine);
        continue;
      }
      const polling = this.failures >= FAILURES_BEFORE_POLLING;
      if (polling && Date.now() - triedAt < STREAM_AGAIN_MS) {
        await this.poll(mine);
        await this.sleep(POLL_MS);
        continue;
      }
      triedAt = Date.now();
      const outcome = await this.listen(mine);
      if (this.running !== mine) {
        return;
      }
      if (outcome === 'refused') {
        if (!(await this.on.refused())) {
          this.running = 0;
          return;
        }
        continue;
      }
      if (outcome === 'crowded') {
        // Too many pages of one person: this one asks now and then, instead of driving out another.
        this.failures = FAILURES_BEFORE_POLLING;
        continue;
      }
      this.failures = outcome === 'heard' ? 0 : this.failures + 1;
      if (this.failures) {
        this.on.state(false);
      }
      if (this.failures < FAILURES_BEFORE_POLLING) {
        await this.sleep(this.retryMs * (0.5 + Math.random()) * Math.max(1, this.failures));
      }
    }
  }

  async poll(mine) {
    try {
      await this.on.poll();
      if (this.running === mine) {
        this.on.state(true);
      }
    } catch (error) {
      if (this.running === mine && error.status === 401) {
        await this.on.refused();
      } else if (this.running === mine) {
        this.on.state(false);
      }
    }
  }

  /** One connection, to its end: `heard` something, `nothing`, `refused`, or one too many (`crowded`). */
  async listen(mine) {
    const abort = new AbortController();
    this.abort = abort;
    let heard = false;
    let dog = 0;
    const alive = () => {
      clearTimeout(dog);
      dog = setTimeout(() => abort.abort(), SILENCE_MS);
    };
    try {
      alive();
      const answer = await fetch(new URL('stream', this.api.base), {
        headers: { authorization: `Bearer ${this.api.token}`, accept: 'text/event-stream', 'last-event-id': String(this.on.seq()) },
        credentials: 'omit',
        cache: 'no-store',
        signal: abort.signal,
      });
      if (answer.status === 401) {
        return 'refused';
      }
      if (!answer.ok || !(answer.headers.get('content-type') || '').startsWith('text/event-stream')) {
        return 'nothing';
      }
      let ended = null;
      const parse = lines((name, data, retry) => {
        if (retry) {
          this.retryMs = Math.min(Math.max(retry, 500), 60_000);
        }
        if (!name) {
          return;
        }
        heard = true;
        if (name === 'hello') {
          this.failures = 0;
          this.on.state(true);
        }
        if (name === 'closed') {
          ended = data.reason;
          return;
        }
        this.on.event(name, data);
      });
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { value, done } = await reader.read();
        if (done || this.running !== mine) {
          break;
        }
        alive();
        parse(value);
        if (ended) {
          break;
        }
      }
      abort.abort();
      return { token: 'refused', too_many: 'crowded' }[ended] || (heard ? 'heard' : 'nothing');
    } catch {
      return heard ? 'heard' : 'nothing';
    } finally {
      clearTimeout(dog);
    }
  }
}

/** Reads server-sent events out of pieces of text. */
export function lines(take) {
  let rest = '';
  let name = '';
  let data = [];
  let retry = 0;
  return piece => {
    rest += piece;
    const all = rest.split(/\r\n|\n|\r(?!$)/);
    rest = all.pop();
    for (const line of all) {
      if (line === '') {
        const read = data.length ? json(data.join('\n')) : null;
        if (read !== undefined) {
          take(read === null ? '' : name || 'message', read, retry);
        }
        name = '';
        data = [];
        retry = 0;
        continue;
      }
      const at = line.indexOf(':');
      const field = at < 0 ? line : line.slice(0, at);
      const value = at < 0 ? '' : line.slice(at + 1).replace(/^ /, '');
      if (field === 'event') {
        name = value;
      } else if (field === 'data') {
        data.push(value);
      } else if (field === 'retry' && /^\d+$/.test(value)) {
        retry = Number(value);
      }
    }
  };
}

function json(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
