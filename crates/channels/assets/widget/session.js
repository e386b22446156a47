// Who writes here: a visitor with a token that is kept, or somebody whom the embedding page proves to be one of its people.

import { Refused } from './api.js';

export class Session {
  constructor(api, store, tell) {
    this.api = api;
    this.store = store;
    this.tell = tell;
    this.identity = null;
    this.page = null;
    this.language = null;
    this.identified = false;
    this.asking = null;
    this.logins = 0;
  }

  /** The token of before. */
  recall() {
    const kept = this.store.get('token');
    if (kept && kept.identified && !this.identity) {
      // Somebody was logged in, and nobody is now: the next person at this machine sees nothing of theirs.
      this.forget();
    } else {
      this.api.token = kept && typeof kept.token === 'string' ? kept.token : null;
    }
  }

  forget() {
    this.api.token = null;
    this.identified = false;
    this.store.set('token', null);
  }

  /**
   * Begins or goes on. However many ask at once, the server is asked once for each identity, and for one after the other: a visitor's
   * messages can only be merged into an account once the visitor's token is here. Answers what the server said.
   */
  begin() {
    const { asking, identity, logins } = this;
    if (!asking || asking.identity !== identity || asking.logins !== logins) {
      const next = { identity, logins };
      const before = asking ? asking.answer.catch(() => null) : Promise.resolve();
      next.answer = before.then(() => this.ask(identity, logins)).finally(() => {
        if (this.asking === next) {
          this.asking = null;
        }
      });
      this.asking = next;
    }
    return this.asking.answer;
  }

  async ask(identity, logins) {
    const body = { language: this.language, time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone };
    if (this.api.token) {
      body.visitor_token = this.api.token;
    }
    if (identity) {
      body.identity = identity;
    }
    if (this.page) {
      body.page = this.page;
    }
    let answer;
    try {
      answer = await this.api.ask('POST', 'session', body, { token: false });
    } catch (error) {
      if (identity && error instanceof Refused && !error.passing) {
        this.tell({ type: 'identity', accepted: false, reason: error.message });
      }
      throw error;
    }
    const { token, identified } = answer.body;
    if (logins !== this.logins) {
      // Somebody logged out while the server was answering: nobody may be logged in by it.
      await this.drop(token);
      throw new Refused(0, 'The chat was ended.');
    }
    const changed = this.api.token !== token;
    this.api.token = token;
    this.identified = identified;
    this.store.set('token', { token, identified });
    if (identity) {
      this.tell({ type: 'identity', accepted: true });
    }
    return { ...answer.body, changed };
  }

  /** Ends the chat of whoever is logged in. From this moment on nothing is sent in their name. */
  async end() {
    const { token } = this.api;
    this.identity = null;
    this.logins += 1;
    this.forget();
    if (token) {
      await this.drop(token);
    }
  }

  /** Whether or not the server hears of it, the token is forgotten here. */
  async drop(token) {
    await this.api.ask('DELETE', 'session', undefined, { token }).catch(() => null);
  }
}
