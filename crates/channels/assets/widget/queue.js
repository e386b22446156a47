// What was written and is not yet known to have arrived. It is stored, so that a lost connection or a reload loses nothing; it
// is sent in order, each with the id that it got here, by which the server knows it again.

const MOST = 100;

export class Queue {
  /** `send(entry)` answers when the server has it; it throws `Refused`. `changed()` is called whenever an entry moves. */
  constructor(store, send, changed) {
    this.store = store;
    this.send = send;
    this.changed = changed;
    this.running = false;
    this.failures = 0;
    this.timer = 0;
  }

  // Other tabs write there too: it is read anew each time.
  entries() {
    const kept = this.store.get('queue');
    return Array.isArray(kept) ? kept.filter(entry => entry && typeof entry.text === 'string' && typeof entry.client_id === 'string') : [];
  }

  keep(entries) {
    this.store.set('queue', entries);
    this.changed();
  }

  add(text) {
    const entry = { client_id: crypto.randomUUID ? crypto.randomUUID() : anId(), text, at: new Date().toISOString(), failed: null };
    this.keep([...this.entries(), entry].slice(-MOST));
    this.flush();
    return entry;
  }

  remove(clientId) {
    const entries = this.entries();
    const rest = entries.filter(entry => entry.client_id !== clientId);
    if (rest.length !== entries.length) {
      this.keep(rest);
    }
  }

  again(clientId) {
    this.keep(this.entries().map(entry => (entry.client_id === clientId ? { ...entry, failed: null } : entry)));
    this.flush();
  }

  clear() {
    clearTimeout(this.timer);
    this.keep([]);
  }

  /** Sends what waits, one after another. Only one tab does. */
  flush() {
    clearTimeout(this.timer);
    if (this.running) {
      return;
    }
    this.running = true;
    this.alone().then(
      () => {
        this.running = false;
        // Something may have been added between the last look and here.
        if (!this.failures && this.next()) {
          this.flush();
        }
      },
      error => {
        this.running = false;
        this.later(0);
        console.error(error);
      },
    );
  }

  async alone() {
    let begun = false;
    try {
      await navigator.locks.request(`${this.store.prefix}queue`, () => {
        begun = true;
        return this.drain();
      });
    } catch (error) {
      if (begun) {
        throw error;
      }
      // Browsers that keep iframes of others from storage refuse locks, too. The server knows what it has had by its id.
      await this.drain();
    }
  }

  next() {
    return this.entries().find(entry => !entry.failed);
  }

  async drain() {
    for (let entry = this.next(); entry; entry = this.next()) {
      try {
        await this.send(entry);
        this.failures = 0;
        this.remove(entry.client_id);
      } catch (error) {
        if (error.passing === false) {
          // No use in trying again by ourselves; what stands behind it goes on.
          const { client_id: id } = entry;
          const why = error.message || ' ';
          this.keep(this.entries().map(other => (other.client_id === id ? { ...other, failed: why } : other)));
          continue;
        }
        this.later(error.retryAfter);
        this.changed();
        return;
      }
    }
  }

  // Ever less often, and not all pages at the same moment.
  later(seconds) {
    this.failures += 1;
    const wait = seconds ? seconds * 1000 : 1000 * 2 ** Math.min(this.failures, 5) * (0.75 + Math.random() / 2);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), wait);
  }
}

// Where the page is not served by TLS there is no randomUUID.
function anId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
