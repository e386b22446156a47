// What outlives the page: the token, and what waits to be sent. It lies in this iframe's storage. Where the browser keeps
// iframes of others from storage (private windows do), or forgets it when it is closed, the embedding page holds a copy: of a
// visitor's token always, of what waits only if need be.

export class Store {
  constructor(channel, tell) {
    this.prefix = `chat:${channel}:`;
    this.tell = tell;
    this.copy = { token: null, queue: [] };
    this.allowed = works();
  }

  /** What the page had kept. */
  recall(kept) {
    if (kept && typeof kept.token === 'string') {
      this.copy.token = { token: kept.token, identified: false };
    }
    if (kept && Array.isArray(kept.queue)) {
      this.copy.queue = kept.queue;
    }
  }

  get(name) {
    if (this.allowed) {
      try {
        const read = JSON.parse(localStorage.getItem(this.prefix + name));
        if (read !== null) {
          return read;
        }
      } catch {
        // Somebody else wrote there: as if there were nothing.
      }
    }
    return this.copy[name];
  }

  set(name, value) {
    this.copy[name] = value;
    if (this.allowed) {
      try {
        localStorage.setItem(this.prefix + name, JSON.stringify(value));
      } catch {
        // It is full: this page's copy has to do.
      }
    }
    const { token, queue } = this.copy;
    // Whoever is proven to be somebody is proven again the next time.
    this.tell({ type: 'keep', token: token && !token.identified ? token.token : null, queue: this.allowed ? [] : queue });
  }
}

function works() {
  try {
    localStorage.setItem('chat', '');
    return true;
  } catch {
    return false;
  }
}
