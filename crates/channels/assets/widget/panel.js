// The panel of the chat: holds the parts together, and knows what state it is in.

import { Api } from './api.js';
import { isColor, on, readable } from './color.js';
import { Composer } from './composer.js';
import { Host } from './host.js';
import { List } from './list.js';
import { Queue } from './queue.js';
import { Session } from './session.js';
import { Store } from './store.js';
import { Stream } from './stream.js';
import { make, safeAddress } from './view.js';
import { chosen, words as wordsOf } from './words.js';

const $ = id => document.getElementById(id);
const TYPING_MS = 10_000;
const OWN_TYPING_MS = 5_000;
// The hardest to read on of those in panel.css.
const GROUNDS = { light: '#f3f4f7', dark: '#22252d' };

const channel = location.pathname.split('/').filter(Boolean).pop();
const api = new Api(new URL(`../api/v1/widget/${channel}/`, location.href));
const host = new Host(hear);
const store = new Store(channel, message => host.tell(message));
const session = new Session(api, store, message => host.tell(message));

let settings = { name: '', automated: false, max_length: 4096 };
let words = wordsOf('en');
let wished = { language: null, theme: 'auto' };
// Is the panel in sight? On a page of its own it always is.
let open = !host.embedded;
let whole = false;
let ready = false;
let blocked = null;
let connected = true;
let begun = false;
// Counts log-ins and log-outs: what was begun for the person before is not finished for the next one.
let turn = 0;
let handler = { handler: 'bot', human_name: null };
let seenUpTo = 0;
let typingTimer = 0;
let ownTyping = 0;
let retry = { timer: 0, tries: 0 };
const commented = new Set();

const act = {
  ask: text => write(text),
  again: id => queue.again(id),
  remove: id => queue.remove(id),
  commented: id => commented.has(id),
  score,
};
const list = new List({ log: $('log'), list: $('list'), jump: $('jump') }, act);
const queue = new Queue(store, send, () => list.waits(queue.entries(), connected && navigator.onLine));
const composer = new Composer({ form: $('form'), text: $('text'), send: $('send'), hint: $('hint') }, channel, write);
const stream = new Stream(api, { event: hearServer, poll: readNew, state: connection, refused: renew, seq: () => list.latest });

// --- the page around ---

function hear(message) {
  switch (message.type) {
    case 'hello':
      wished = { language: message.language, theme: message.theme };
      whole = message.whole === true;
      session.page = typeof message.page === 'string' ? message.page : null;
      session.identity = proof(message.identity);
      store.recall(message.kept);
      session.recall();
      boot();
      break;
    case 'open':
      open = true;
      focusIn();
      if (ready) {
        begin();
      }
      look();
      break;
    case 'close':
      open = false;
      break;
    case 'shape':
      whole = message.whole === true;
      break;
    case 'identify':
      identify(proof(message.identity));
      break;
    case 'logout':
      logout();
      break;
    default:
  }
}

/** Only what an identity consists of. */
function proof(identity) {
  if (!identity || typeof identity !== 'object') {
    return null;
  }
  if (typeof identity.jwt === 'string') {
    return { jwt: identity.jwt };
  }
  if (identity.external_id === undefined || identity.external_id === null) {
    return null;
  }
  const proven = { external_id: String(identity.external_id), user_hash: identity.user_hash ? String(identity.user_hash) : undefined };
  return identity.profile && typeof identity.profile === 'object' ? { ...proven, profile: identity.profile } : proven;
}

function focusIn() {
  // On a small screen the keyboard would cover half of it before anything is read.
  const target = whole || composer.blocked ? $('name') : $('text');
  target.focus({ preventScroll: true });
}

document.addEventListener('keydown', event => {
  if (event.key === 'Escape' && !event.isComposing && host.embedded) {
    host.tell({ type: 'close' });
  }
  if (event.key !== 'Tab' || !whole) {
    return;
  }
  // What takes the whole screen keeps the focus.
  const all = Array.from(document.querySelectorAll('button, a[href], textarea, [tabindex="0"]')).filter(one => !one.disabled && one.getClientRects().length > 0);
  const [first, last] = [all[0], all[all.length - 1]];
  if (event.shiftKey && (document.activeElement === first || document.activeElement === $('name'))) {
    event.preventDefault();
    last.focus();
  } else if (!event.shiftKey && document.activeElement === last) {
    event.preventDefault();
    first.focus();
  }
});

$('close').addEventListener('click', () => host.tell({ type: 'close' }));
$('close').hidden = !host.embedded;

// --- how it looks and what it says ---

function dress() {
  const language = chosen(wished.language, settings.language, [...navigator.languages]);
  words = wordsOf(language);
  session.language = wished.language || navigator.language || language;
  document.documentElement.lang = language;
  document.documentElement.dataset.theme = ['light', 'dark'].includes(wished.theme) ? wished.theme : 'auto';
  const color = isColor(settings.color) ? settings.color.toLowerCase() : '#2563eb';
  const style = document.documentElement.style;
  style.setProperty('--color', color);
  style.setProperty('--on', on(color));
  style.setProperty('--ink-light', readable(color, GROUNDS.light));
  style.setProperty('--ink-dark', readable(color, GROUNDS.dark));

  document.title = settings.name || words.title;
  $('name').textContent = settings.name || words.title;
  $('face').textContent = initial(settings.name);
  $('close').setAttribute('aria-label', words.close);
  $('log').setAttribute('aria-label', words.log);
  $('label').textContent = words.write;
  $('earlier').textContent = words.earlier;
  $('person').textContent = words.person;
  const privacy = settings.privacy_url ? safeAddress(settings.privacy_url) : null;
  $('privacy').hidden = !privacy;
  $('privacy').href = privacy || '#';
  $('privacy').replaceChildren(words.privacy, make('span', { class: 'aside' }, ` (${words.newTab})`));
  composer.dress(words, Number.isInteger(settings.max_length) ? settings.max_length : 4096);
  list.dress(words, settings, language);
  list.greet($('earlier').hidden ? settings.welcome_message : null);
  tellHandler();
  offer();
}

function initial(name) {
  const letters = Array.from((name || '').trim());
  return letters.length ? letters[0].toLocaleUpperCase() : '';
}

function tellHandler() {
  const person = handler.handler === 'human';
  const machine = settings.automated && !person;
  $('status').textContent = person
    ? words.statusPerson(handler.human_name)
    : handler.handler === 'queue'
      ? words.statusQueue
      : settings.automated
        ? words.statusAi
        : words.statusCoach;
  $('status').dataset.state = handler.handler;
  $('note').textContent = machine ? words.note : person ? words.notePerson : '';
  $('person').hidden = !(machine && handler.handler === 'bot' && !blocked);
}

function offer() {
  const starters = Array.isArray(settings.starters) ? settings.starters.filter(text => typeof text === 'string').slice(0, 4) : [];
  $('starters').hidden = !starters.length || !list.empty || Boolean(blocked) || !$('earlier').hidden;
  $('starters').setAttribute('aria-label', words.starters);
  $('starters').setAttribute('role', 'group');
  $('starters').replaceChildren(...starters.map(text => make('button', { type: 'button', dir: 'auto', onclick: () => write(text) }, text)));
}

$('person').addEventListener('click', () => write(words.askPerson));

function say(text, kind) {
  $('bar').textContent = text || '';
  $('bar').dataset.kind = kind || '';
  $('bar').hidden = !text;
}

function connection(state) {
  const now = state && navigator.onLine;
  if (now && !connected) {
    say(words.back, 'good');
    setTimeout(() => $('bar').dataset.kind === 'good' && say(), 2500);
    queue.failures = 0;
    queue.flush();
  } else if (!now && !blocked) {
    say(navigator.onLine ? words.unreachable : words.offline, 'bad');
  }
  if (now !== connected) {
    connected = now;
    list.waits(queue.entries(), connected);
  }
}

window.addEventListener('offline', () => connection(false));
window.addEventListener('online', () => {
  queue.flush();
  if (!begun) {
    clearTimeout(retry.timer);
    boot();
  }
});

function block(reason) {
  blocked = reason;
  composer.block(Boolean(reason));
  say(reason || '', 'bad');
  tellHandler();
  offer();
}

// --- beginning ---

async function boot() {
  try {
    if (!ready) {
      settings = (await api.ask('GET', 'configuration', undefined, { token: false })).body;
      ready = true;
    }
    retry.tries = 0;
    dress();
    if (open || session.identity || api.token || queue.next()) {
      await begin();
    }
  } catch (error) {
    trouble(error, boot);
  }
}

/** What passes is tried again, ever less often; what does not is said. */
function trouble(error, again) {
  if (error.passing === undefined) {
    throw error;
  }
  if (error.passing) {
    connection(false);
    retry.tries += 1;
    retry.timer = setTimeout(again, Math.max(error.retryAfter * 1000, Math.min(30_000, 1000 * 2 ** Math.min(retry.tries, 5))));
  } else if (error.status === 401) {
    block(session.identity ? words.notProven : words.onlyMembers);
  } else {
    block(error.status === 404 ? words.broken : error.message || words.unreachable);
  }
}

async function begin() {
  if (begun || blocked) {
    return;
  }
  begun = true;
  const mine = turn;
  try {
    const told = await session.begin();
    if (mine !== turn) {
      return;
    }
    seenUpTo = Math.max(0, told.latest_seq || 0);
    await readAll();
    if (mine !== turn) {
      return;
    }
    // What was unread when we came is counted from the end.
    seenUpTo = unreadFrom(told.unread);
    connection(true);
    stream.start();
    queue.flush();
    look();
  } catch (error) {
    if (mine !== turn) {
      return;
    }
    begun = false;
    trouble(error, begin);
  }
}

function unreadFrom(count) {
  const theirs = list.items.filter(item => item.message.seq && item.message.author !== 'member');
  const first = theirs[theirs.length - (count || 0)];
  return count && first ? first.message.seq - 1 : list.latest;
}

/** The token has ended: another one, if there is one to be had. */
async function renew() {
  const mine = turn;
  try {
    const told = await session.begin();
    if (told.changed) {
      await readAll();
    }
    return true;
  } catch (error) {
    if (mine !== turn) {
      return false;
    }
    begun = false;
    if (error.status === 401) {
      session.forget();
    }
    trouble(error, begin);
    return false;
  }
}

async function identify(identity) {
  session.identity = identity;
  if (!identity) {
    return;
  }
  if (!ready) {
    return;
  }
  turn += 1;
  stream.stop();
  clearTimeout(retry.timer);
  begun = false;
  block(null);
  // Whose messages these are is now another question.
  list.clear();
  dress();
  await begin();
}

async function logout() {
  turn += 1;
  const mine = turn;
  stream.stop();
  clearTimeout(retry.timer);
  queue.clear();
  list.clear();
  composer.clear();
  await session.end();
  if (mine !== turn) {
    return;
  }
  begun = false;
  seenUpTo = 0;
  handler = { handler: 'bot', human_name: null };
  block(null);
  dress();
  host.tell({ type: 'unread', count: 0 });
  if (open) {
    await begin();
  }
}

// --- reading ---

function adopt(page) {
  handler = { handler: page.handler, human_name: page.human_name };
  tellHandler();
  list.seen(page.seen_by_coach || 0);
  typing(page.typing ? 'bot' : null);
}

async function readAll() {
  const log = $('log');
  // Nobody wants to hear all of it again.
  log.setAttribute('aria-busy', 'true');
  log.setAttribute('aria-live', 'off');
  const mine = turn;
  const page = (await asked('GET', 'messages', undefined, { query: { limit: 50 } })).body;
  if (mine !== turn) {
    return;
  }
  list.clear();
  $('earlier').hidden = !page.more;
  list.greet(page.more ? null : settings.welcome_message);
  list.take(page.messages);
  list.waits(queue.entries(), connected);
  adopt(page);
  offer();
  list.toEnd(false);
  setTimeout(() => {
    log.removeAttribute('aria-busy');
    log.setAttribute('aria-live', 'polite');
  }, 500);
}

async function readNew() {
  for (let more = true; more; ) {
    const page = (await api.ask('GET', 'messages', undefined, { query: { after: list.latest, limit: 100 } })).body;
    arrive(page.messages);
    adopt(page);
    more = page.more && page.messages.length > 0;
  }
}

$('earlier').addEventListener('click', async () => {
  const button = $('earlier');
  button.disabled = true;
  try {
    const page = (await asked('GET', 'messages', undefined, { query: { before: list.oldest, limit: 50 } })).body;
    list.keepFromEnd = true;
    list.stuck = false;
    button.hidden = !page.more;
    list.take(page.messages);
    list.greet(page.more ? null : settings.welcome_message);
    $('log').focus({ preventScroll: true });
  } catch (error) {
    say(error.passing ? words.unreachable : error.message, 'bad');
  } finally {
    list.keepFromEnd = false;
    button.disabled = false;
  }
});

/** Asks with the token; if it has ended, once more with a new one. */
async function asked(method, path, body, options) {
  try {
    return await api.ask(method, path, body, options);
  } catch (error) {
    if (error.status !== 401) {
      throw error;
    }
    await session.begin();
    return api.ask(method, path, body, options);
  }
}

function arrive(messages) {
  const fresh = list.take(messages);
  for (const message of messages) {
    if (message.client_id) {
      queue.remove(message.client_id);
    }
    if (message.author !== 'member') {
      typing(null);
      host.tell({ type: 'message', author: message.author });
    }
  }
  list.arrived(fresh);
  offer();
  look();
}

function hearServer(name, data) {
  switch (name) {
    case 'hello':
    case 'handler':
      handler = { handler: data.handler, human_name: data.human_name };
      tellHandler();
      break;
    case 'message':
      arrive([data]);
      break;
    case 'changed':
      list.change(data);
      break;
    case 'typing':
      typing(data.on ? data.author : null);
      break;
    case 'seen':
      list.seen(data.up_to);
      break;
    case 'reset':
      readAll().catch(() => stream.restart());
      break;
    default:
  }
}

function typing(author) {
  clearTimeout(typingTimer);
  $('typing').hidden = !author;
  if (author) {
    const name = author === 'bot' ? settings.assistant_name || words.assistant : handler.human_name || settings.name || words.coach;
    $('typist').textContent = words.typing(name);
    typingTimer = setTimeout(() => typing(null), TYPING_MS);
  }
}

// --- what was seen, and how much was not ---

let looking = 0;

function look() {
  const latest = list.latest;
  if (open && !document.hidden) {
    if (latest > seenUpTo) {
      seenUpTo = latest;
      clearTimeout(looking);
      looking = setTimeout(() => api.ask('POST', 'seen', { up_to: seenUpTo }).catch(() => null), 400);
    }
    host.tell({ type: 'unread', count: 0 });
    return;
  }
  const count = list.items.filter(item => item.message.seq > seenUpTo && item.message.author !== 'member').length;
  host.tell({ type: 'unread', count });
}

document.addEventListener('visibilitychange', look);

// --- writing ---

function write(text) {
  list.stuck = true;
  queue.add(text);
  offer();
  list.toEnd(false);
}

async function send(entry) {
  const { body } = await asked('POST', 'messages', { client_id: entry.client_id, text: entry.text });
  list.take([{ ...body, client_id: entry.client_id }]);
  connection(true);
}

$('text').addEventListener('input', () => {
  if (handler.handler === 'human' && api.token && Date.now() - ownTyping > OWN_TYPING_MS) {
    ownTyping = Date.now();
    api.ask('POST', 'typing', { on: true }).catch(() => null);
  }
});

async function score(message, value, comment) {
  try {
    const body = { message_id: message.id, score: value };
    const answer = await asked('POST', 'satisfaction', comment ? { ...body, comment } : body);
    if (comment) {
      commented.add(message.id);
    }
    list.change(answer.body);
  } catch (error) {
    say(error.passing ? words.notKept : error.message, 'bad');
    setTimeout(() => connected && !blocked && say(), 5000);
  }
}

$('name').tabIndex = -1;
dress();
if (host.embedded) {
  host.tell({ type: 'ready' });
} else {
  session.recall();
  boot();
}
