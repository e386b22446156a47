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

  /** Begins or goes on; however many ask at once, the server is asked once. Answers what the server said. */
  begin() {
    this.asking = this.asking || this.ask().finally(() => (this.asking = null));
    return this.asking;
  }

  async ask() {
    const body = { language: this.language, time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone };
    if (this.api.token) {
      body.visitor_token = this.api.token;
    }
    if (this.identity) {
      body.identity = this.identity;
    }
    if (this.page) {
      body.page = this.page;
    }
    let answer;
    try {
      answer = await this.api.ask('POST', 'session', body, { token: false });
    } catch (error) {
      if (this.identity && error instanceof Refused && !error.passing) {
        this.tell({ type: 'identity', accepted: false, reason: error.message });
      }
      throw error;
    }
    const { token, identified } = answer.body;
    const changed = this.api.token !== token;
    this.api.token = token;
    this.identified = identified;
    this.store.set('token', { token, identified });
    if (this.identity) {
      this.tell({ type: 'identity', accepted: true });
    }
    return { ...answer.body, changed };
  }

  async end() {
    if (this.api.token) {
      // Whether or not the server hears of it, it is forgotten here.
      await this.api.ask('DELETE', 'session').catch(() => null);
    }
    this.forget();
  }
}
