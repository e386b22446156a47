// One message as elements. What was received is only ever put in as text: there is no way here to make markup of it.

const LINK = /https?:\/\/[^\s<>"']+|\[\d{1,2}\]/giu;

/** An element with attributes and children; strings become text. */
export function make(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) {
      continue;
    }
    if (key === 'onclick') {
      element.addEventListener('click', value);
    } else if (key === 'class') {
      element.className = value;
    } else {
      element.setAttribute(key, value === true ? '' : String(value));
    }
  }
  element.append(...children.filter(child => child !== null && child !== undefined && child !== false));
  return element;
}

/** An address that may be followed, or null: nothing but http and https, without a name and password in it. */
export function safeAddress(text) {
  try {
    const address = new URL(text);
    const web = address.protocol === 'https:' || address.protocol === 'http:';
    return web && !address.username && !address.password ? address.href : null;
  } catch {
    return null;
  }
}

function link(address, text, words) {
  return make('a', { href: address, target: '_blank', rel: 'noopener noreferrer nofollow ugc' }, text, make('span', { class: 'aside' }, ` (${words.newTab})`));
}

/** Text with its addresses as links, and `[1]` as a way to the citation of that number. */
function fill(element, text, words, cited) {
  let at = 0;
  for (const match of text.matchAll(LINK)) {
    let found = match[0];
    let put = null;
    if (found.startsWith('[')) {
      const number = Number(found.slice(1, -1));
      if (cited && cited.has(number)) {
        put = make('button', { type: 'button', class: 'ref', 'aria-label': words.source(number), onclick: () => cited.get(number)() }, String(number));
      }
    } else {
      // The full stop of the sentence is not the address's.
      found = found.replace(/[.,;:!?\])}]+$/u, ending => (ending.startsWith(')') && found.includes('(') ? ')' : ''));
      const address = safeAddress(found);
      put = address && link(address, found, words);
    }
    if (put) {
      const before = text.slice(at, match.index);
      // The number stands close to what it is about.
      element.append(found.startsWith('[') ? before.trimEnd() : before, put);
      at = match.index + found.length;
    }
  }
  element.append(text.slice(at));
}

function clock(seconds) {
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Math.floor(seconds) % 60];
  const shown = parts[0] ? parts : parts.slice(1);
  return shown.map((part, at) => (at ? String(part).padStart(2, '0') : String(part))).join(':');
}

/** The sources of an answer: each with its title, where in it, and the words it rests on. */
function sources(citations, words, cited) {
  const list = make('ol', { class: 'cards', role: 'list' });
  for (const citation of citations) {
    const quote = make('blockquote', { dir: 'auto' }, String(citation.quote || ''));
    const whole = open => {
      card.classList.toggle('whole', open);
      toggle.setAttribute('aria-expanded', String(open));
    };
    const where = [
      citation.heading,
      Number.isInteger(citation.page) ? words.page(citation.page) : null,
      Number.isFinite(citation.seconds) && citation.seconds !== null ? words.at(clock(citation.seconds)) : null,
    ].filter(Boolean);
    const toggle = make(
      'button',
      { type: 'button', class: 'card-head', 'aria-expanded': 'false', onclick: () => whole(toggle.getAttribute('aria-expanded') !== 'true') },
      make('span', { class: 'number', 'aria-hidden': 'true' }, String(citation.number)),
      make('span', { class: 'card-title', dir: 'auto' }, String(citation.title || words.source(citation.number))),
      where.length > 0 && make('span', { class: 'where', dir: 'auto' }, where.join(' · ')),
    );
    const address = citation.url ? safeAddress(citation.url) : null;
    const card = make('li', { class: 'card' }, toggle, citation.quote ? quote : null, address && link(address, words.openSource, words));
    cited.set(citation.number, () => {
      whole(true);
      toggle.focus();
      card.scrollIntoView({ block: 'nearest' });
    });
    list.append(card);
  }
  // Read out by whoever goes there, and not behind every answer.
  return make('div', { class: 'sources', 'aria-live': 'off' }, make('p', { class: 'cards-name' }, words.sources(citations.length)), list);
}

/** What may be meant: titles with excerpts, none of them claimed to be the answer. */
function suggestions(all, words, act) {
  const list = make('ul', { class: 'cards', role: 'list' });
  for (const one of all) {
    list.append(
      make(
        'li',
        { class: 'card whole' },
        make('p', { class: 'card-title', dir: 'auto' }, String(one.title || '')),
        one.excerpt ? make('p', { class: 'excerpt', dir: 'auto' }, String(one.excerpt)) : null,
        one.question ? make('button', { type: 'button', class: 'link', onclick: () => act.ask(String(one.question)) }, words.ask) : null,
      ),
    );
  }
  return list;
}

function scale(message, words, act) {
  const given = message.satisfaction.score;
  const answer = make('p', { class: 'scale-answer' });
  const buttons = make('div', { class: 'scale' });
  words.scores.forEach((word, at) => {
    const score = at + 1;
    buttons.append(
      make('button', { type: 'button', 'aria-pressed': String(given === score), 'aria-label': words.scoreName(score, word), title: word, onclick: () => act.score(message, score, null) }, String(score)),
    );
  });
  const ends = make('div', { class: 'scale-ends', 'aria-hidden': 'true' }, make('span', {}, words.scores[0]), make('span', {}, words.scores[4]));
  const all = make('fieldset', {}, make('legend', { dir: 'auto' }, message.text), buttons, ends, answer);
  if (given && !act.commented(message.id)) {
    answer.append(words.thanks);
    const field = make('textarea', { rows: '2', maxlength: '1000', dir: 'auto', id: `comment-${message.id}` });
    const form = make(
      'form',
      { class: 'comment' },
      make('label', { for: field.id }, words.comment),
      field,
      make('button', { type: 'submit', class: 'small' }, words.commentSend),
    );
    form.addEventListener('submit', event => {
      event.preventDefault();
      if (field.value.trim()) {
        act.score(message, given, field.value.trim());
      }
    });
    all.append(form);
  } else if (given) {
    answer.append(words.commentSent);
  }
  return all;
}

/** The name above a message. */
function author(message, words, settings) {
  if (message.author === 'bot') {
    return [message.author_name || settings.assistant_name || words.assistant, true];
  }
  return [message.author_name || (message.author === 'coach' ? settings.name || words.coach : words.you), false];
}

/** The whole message, without the line of its delivery. */
export function messageView(message, words, settings, act) {
  if (message.author === 'system' && message.kind !== 'satisfaction') {
    return make('p', { class: 'notice', dir: 'auto' }, message.text);
  }
  if (message.kind === 'satisfaction' && message.satisfaction) {
    return make('div', { class: 'message theirs asks' }, make('div', { class: 'bubble' }, scale(message, words, act)));
  }
  const mine = message.author === 'member';
  const [name, machine] = author(message, words, settings);
  const head = mine
    ? make('span', { class: 'aside' }, words.said(words.you))
    : make('p', { class: 'author' }, make('span', { dir: 'auto' }, name), machine && make('span', { class: 'machine' }, words.ai), make('span', { class: 'aside' }, ':'));
  const bubble = make('div', { class: 'bubble' });
  const body = make('div', { class: 'text', dir: 'auto' });
  bubble.append(body);
  if (message.deleted) {
    bubble.classList.add('gone');
    body.append(words.deleted);
    return make('div', { class: `message ${mine ? 'mine' : 'theirs'}` }, head, bubble);
  }
  const cited = new Map();
  const citations = Array.isArray(message.citations) ? message.citations : [];
  const below = citations.length ? sources(citations, words, cited) : null;
  fill(body, String(message.text || ''), words, cited);
  if (message.kind === 'maybe' && Array.isArray(message.suggestions) && message.suggestions.length) {
    bubble.append(suggestions(message.suggestions, words, act));
  }
  if (below) {
    bubble.append(below);
  }
  if (message.edited_at) {
    bubble.append(make('span', { class: 'edited' }, words.edited));
  }
  return make('div', { class: `message ${mine ? 'mine' : 'theirs'}` }, head, bubble);
}
