// All messages in their order, with days, groups and the state of what one wrote oneself.

import { make, messageView } from './view.js';

const GROUP_MS = 5 * 60_000;
const NEAR_PX = 90;

export class List {
  constructor(elements, act) {
    this.log = elements.log;
    this.list = elements.list;
    this.jump = elements.jump;
    this.act = act;
    this.items = [];
    this.seenByCoach = 0;
    this.fresh = 0;
    this.log.addEventListener('scroll', () => this.scrolled(), { passive: true });
    this.jump.addEventListener('click', () => this.toEnd(true));
    // What grows (the keyboard, a picture of text) must not hide the end.
    new ResizeObserver(() => this.stuck && this.toEnd(false)).observe(this.log);
    this.stuck = true;
  }

  dress(words, settings, language) {
    this.words = words;
    this.settings = settings;
    const locale = navigator.languages.find(one => one.startsWith(language)) || language;
    this.time = new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit' });
    this.day = new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long' });
    for (const item of this.items) {
      item.stale = true;
    }
    this.lay();
  }

  get latest() {
    return this.items.reduce((most, item) => Math.max(most, item.message.seq || 0), 0);
  }

  get oldest() {
    const first = this.items.find(item => item.message.seq);
    return first ? first.message.seq : 0;
  }

  get empty() {
    return !this.items.some(item => item.message.author === 'member');
  }

  /** Messages of the server; those that are here already are replaced. */
  take(messages) {
    let fresh = 0;
    for (const message of messages) {
      if (!message || !Number.isInteger(message.seq)) {
        continue;
      }
      const at = this.items.findIndex(
        item => item.message.id === message.id || (message.client_id && message.author === 'member' && item.message.client_id === message.client_id),
      );
      if (at >= 0) {
        this.items[at].message = message;
        this.items[at].waiting = null;
        this.items[at].stale = true;
      } else {
        this.items.push({ message, stale: true, waiting: null });
        fresh += message.author === 'member' ? 0 : 1;
      }
    }
    this.lay();
    return fresh;
  }

  /** Only one that is here already. */
  change(message) {
    if (message && this.items.some(item => item.message.id === message.id)) {
      this.take([message]);
    }
  }

  /** The state of what waits to be sent, as the queue has it. */
  waits(entries, connected) {
    const byId = new Map(entries.map(entry => [entry.client_id, entry]));
    this.items = this.items.filter(item => item.message.seq || byId.has(item.message.client_id));
    for (const entry of entries) {
      let item = this.items.find(one => one.message.client_id === entry.client_id);
      if (item && item.message.seq) {
        continue;
      }
      if (!item) {
        const message = { id: entry.client_id, client_id: entry.client_id, author: 'member', kind: 'text', text: entry.text, created_at: entry.at };
        item = { message, stale: true };
        this.items.push(item);
      }
      item.waiting = entry.failed ? 'failed' : connected ? 'sending' : 'waiting';
      item.why = entry.failed;
      item.order = entries.indexOf(entry);
    }
    this.lay();
  }

  clear() {
    this.items = [];
    this.seenByCoach = 0;
    this.fresh = 0;
    this.stuck = true;
    this.welcome = null;
    this.list.replaceChildren();
  }

  seen(upTo) {
    if (upTo > this.seenByCoach) {
      this.seenByCoach = upTo;
      this.lay();
    }
  }

  lay() {
    if (!this.words) {
      return;
    }
    this.items.sort((a, b) => (a.message.seq || Infinity) - (b.message.seq || Infinity) || (a.order || 0) - (b.order || 0));
    const height = this.log.scrollHeight - this.log.scrollTop;
    let before = null;
    let place = this.welcome ? this.welcome.nextSibling : this.list.firstChild;
    const lastMine = this.items.findLast(item => item.message.author === 'member' && item.message.seq);
    for (const [at, item] of this.items.entries()) {
      if (!item.element) {
        item.element = make('div', { class: 'item' });
      }
      if (item.stale) {
        const focused = item.element.contains(document.activeElement);
        item.body = messageView(item.message, this.words, this.settings, this.act);
        item.foot = null;
        item.element.replaceChildren(item.body);
        item.dayShown = null;
        item.stale = false;
        if (focused) {
          // What was pressed has been made anew.
          this.log.focus({ preventScroll: true });
        }
      }
      this.frame(item, before, this.items[at + 1], item === lastMine);
      if (item.element !== place) {
        this.list.insertBefore(item.element, place);
      } else {
        place = place.nextSibling;
      }
      before = item;
    }
    while (place) {
      const next = place.nextSibling;
      place.remove();
      place = next;
    }
    if (this.stuck) {
      this.toEnd(false);
    } else if (this.keepFromEnd) {
      this.log.scrollTop = this.log.scrollHeight - height;
    }
  }

  /** The day above, the place in its group, and the line below. */
  frame(item, before, after, lastMine) {
    const when = new Date(item.message.created_at);
    const group = (one, other) =>
      one && other && one.message.author === other.message.author && one.message.author_name === other.message.author_name && one.message.author !== 'system'
      && new Date(other.message.created_at) - new Date(one.message.created_at) < GROUP_MS && sameDay(one.message, other.message);
    item.element.classList.toggle('joined', Boolean(group(before, item)));
    const ends = !group(item, after);
    item.element.classList.toggle('ends', ends);

    const day = before && sameDay(before.message, item.message) ? '' : this.dayName(when);
    if (item.dayShown !== day) {
      if (item.dayShown) {
        item.element.firstChild.remove();
      }
      if (day) {
        item.element.prepend(make('p', { class: 'day' }, make('span', {}, day)));
      }
      item.dayShown = day;
    }

    const text = this.state(item, when, ends, lastMine);
    const key = `${item.waiting || ''}|${text}`;
    if (item.foot && item.foot.key === key) {
      return;
    }
    if (item.foot) {
      item.foot.element.remove();
    }
    item.foot = { key, element: this.foot(item, text) };
    if (item.foot.element) {
      item.element.append(item.foot.element);
    } else {
      item.foot.element = document.createComment('');
    }
  }

  state(item, when, ends, lastMine) {
    const { words } = this;
    if (item.waiting) {
      return { failed: words.failed, sending: words.sending, waiting: words.waiting }[item.waiting];
    }
    if (item.message.author === 'system' || !(ends || lastMine)) {
      return '';
    }
    const time = this.time.format(when);
    if (!lastMine) {
      return time;
    }
    return `${time} · ${item.message.seq <= this.seenByCoach ? words.seen : words.sent}`;
  }

  foot(item, text) {
    if (!text) {
      return null;
    }
    const mine = item.message.author === 'member';
    if (item.waiting === 'failed') {
      const { act, words } = this;
      const id = item.message.client_id;
      return make(
        'div',
        { class: 'foot mine failed' },
        make('span', {}, `${words.failed}${item.why && item.why.trim() ? `: ${item.why}` : '.'}`),
        make('span', { class: 'choices' },
          make('button', { type: 'button', class: 'link', onclick: () => act.again(id) }, words.again),
          make('button', { type: 'button', class: 'link', onclick: () => act.remove(id) }, words.remove)),
      );
    }
    return make('p', { class: `foot ${mine ? 'mine' : 'theirs'}`, 'aria-live': 'off' }, text);
  }

  dayName(when) {
    const now = new Date();
    const midnight = date => new Date(date.getFullYear(), date.getMonth(), date.getDate());
    const ago = Math.round((midnight(now) - midnight(when)) / 86_400_000);
    return ago === 0 ? this.words.today : ago === 1 ? this.words.yesterday : this.day.format(when);
  }

  /** Above all messages: what the coach greets with. */
  greet(text) {
    if (this.welcome) {
      this.welcome.remove();
      this.welcome = null;
    }
    if (text) {
      const author = this.settings.automated ? 'bot' : 'coach';
      const message = { author, author_name: null, kind: 'text', text, citations: [] };
      this.welcome = make('div', { class: 'item ends' }, messageView(message, this.words, this.settings, this.act));
      this.list.prepend(this.welcome);
    }
  }

  scrolled() {
    this.stuck = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR_PX;
    if (this.stuck) {
      this.fresh = 0;
    }
    this.pointer();
  }

  toEnd(asked) {
    this.stuck = true;
    this.fresh = 0;
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    this.log.scrollTo({ top: this.log.scrollHeight, behavior: asked && !calm ? 'smooth' : 'instant' });
    this.pointer();
    if (asked) {
      this.log.focus({ preventScroll: true });
    }
  }

  /** New ones: those that are not in sight are counted; of one that is higher than the panel the beginning is shown. */
  arrived(count) {
    const last = this.items[this.items.length - 1];
    if (this.stuck && count && last && last.message.author !== 'member' && last.element.offsetHeight > this.log.clientHeight) {
      this.stuck = false;
      this.log.scrollTop = last.element.offsetTop - this.log.offsetTop - 12;
    }
    if (!this.stuck && count) {
      this.fresh += count;
      this.pointer();
    }
  }

  pointer() {
    this.jump.hidden = this.stuck;
    if (this.words && !this.stuck) {
      this.jump.lastElementChild.textContent = this.fresh ? this.words.jump(this.fresh) : '';
      this.jump.setAttribute('aria-label', this.words.jump(this.fresh));
    }
  }
}

function sameDay(one, other) {
  return new Date(one.created_at).toDateString() === new Date(other.created_at).toDateString();
}
