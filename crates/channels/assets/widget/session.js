// Who writes here: a visitor with a token that is kept, or somebody whom the embedding page proves to be one of its people.

import { Refused } from './api.js';

export class Session {
  constructor(api, channel, tell) {
    this.api = api;
    this.key = `chat:${channel}:token`;
    this.tell = tell;
    this.identity = null;
    this.page = null;
    this.language = null;
    this.identified = false;
    this.asking = null;
  }

  /** The token of before: of this iframe's storage, or as the page kept it where the browser forgets ours. */
  recall(fromHost) {
    const kept = this.kept();
    if (kept && kept.identified && !this.identity) {
      // Somebody was logged in, and nobody is now: the next person at this machine sees nothing of theirs.
      this.forget();
      return;
    }
    this.api.token = kept ? kept.token : typeof fromHost === 'string' ? fromHost : null;
  }

  kept() {
    try {
      const kept = JSON.parse(localStorage.getItem(this.key));
      return kept && typeof kept.token === 'string' ? kept : null;
    } catch {
      return null;
    }
  }

  keep(kept) {
    try {
      if (kept) {
        localStorage.setItem(this.key, JSON.stringify(kept));
      } else {
        localStorage.removeItem(this.key);
      }
    } catch {
      // Storage is forbidden: the page's copy has to do.
    }
  }

  forget() {
    this.api.token = null;
    this.identified = false;
    this.keep(null);
    this.tell({ type: 'visitor', token: null });
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
    this.keep({ token, identified });
    // Only a visitor's: whoever is proven to be somebody is proven again.
    this.tell({ type: 'visitor', token: identified ? null : token });
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
