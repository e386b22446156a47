// A stand-in of the server: the widget's files and its interface, kept in memory, with levers for what may go wrong.
// The tests use it where they need a certain answer at a certain time; `run.sh BASE` lets them also walk through a real server.

import { createHmac, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';

const ASSETS = fileURLToPath(new URL('../../crates/channels/assets/widget/', import.meta.url));
const TYPES = { js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8', html: 'text/html; charset=utf-8' };
export const SECRET = 'a-secret-of-the-channel';

export function jwt(claims, secret = SECRET) {
  const part = value => Buffer.from(JSON.stringify(value)).toString('base64url');
  const body = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
  return `${body}.${createHmac('sha256', secret).update(body).digest('base64url')}`;
}

export const hash = (id, secret = SECRET) => createHmac('sha256', secret).update(String(id)).digest('hex');

class Problem extends Error {
  constructor(status, message, headers = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

export class Stub {
  constructor() {
    this.channel = randomUUID();
    this.configuration = {};
    this.identityMode = 'optional';
    this.allowed = [];
    this.seq = 100;
    this.members = new Map();
    this.tokens = new Map();
    this.streams = new Set();
    this.asked = [];
    // A function of a request that answers a status to fail with, `'drop'` to cut the line, or nothing.
    this.fault = () => null;
    // What the bot answers: a function of a text, or nothing.
    this.reply = () => null;
    this.delayMs = 30;
    // How long it takes to begin a chat.
    this.sessionMs = 0;
  }

  async start(port = 0) {
    this.server = createServer((request, response) => this.answer(request, response));
    await new Promise(done => this.server.listen(port, '127.0.0.1', done));
    this.base = `http://127.0.0.1:${this.server.address().port}`;
    return this;
  }

  async stop() {
    this.server.closeAllConnections();
    if (this.server.listening) {
      await new Promise(done => this.server.close(done));
    }
  }

  dropStreams() {
    for (const stream of this.streams) {
      stream.response.destroy();
    }
    this.streams.clear();
  }

  // --- levers ---

  get last() {
    return [...this.members.values()].at(-1);
  }

  push(message, member = this.last) {
    const whole = {
      seq: (this.seq += 1), id: randomUUID(), client_id: null, author: 'bot', author_name: null, kind: 'text', text: '', created_at: new Date().toISOString(),
      edited_at: null, deleted: false, citations: [], suggestions: [], satisfaction: null, ...message,
    };
    member.messages.push(whole);
    this.send(member, 'message', whole, whole.seq);
    return whole;
  }

  change(message, changes, member = this.last) {
    Object.assign(message, changes);
    this.send(member, 'changed', message);
  }

  hand(handler, name, member = this.last) {
    member.handler = handler;
    member.human = name;
    this.send(member, 'handler', { handler, human_name: name });
  }

  send(member, event, data, id) {
    for (const stream of this.streams) {
      if (stream.member() === member) {
        stream.response.write(`${id ? `id: ${id}\n` : ''}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
      }
    }
  }

  // --- answering ---

  async answer(request, response) {
    const address = new URL(request.url, this.base);
    this.asked.push(`${request.method} ${address.pathname}`);
    try {
      const fault = this.fault(request, address);
      if (fault === 'drop') {
        request.socket.destroy();
        return;
      }
      if (fault) {
        throw new Problem(fault, 'The server is unwell. Please try again.');
      }
      const [status, headers, body] = address.pathname.startsWith('/api/') ? await this.api(request, response, address) : await this.file(address.pathname);
      if (status) {
        response.writeHead(status, headers).end(body);
      }
    } catch (error) {
      const status = error.status || 500;
      const body = { detail: error.message, status_code: status, error: { code: 'X', message: error.message, details: [], request_id: 'x', timestamp: new Date().toISOString() } };
      response.writeHead(status, { 'content-type': 'application/json', ...error.headers }).end(JSON.stringify(body));
    }
  }

  async file(path) {
    const name = path === '/widget.js' ? 'widget.js' : path === `/widget/${this.channel}` ? 'panel.html' : (path.match(/^\/widget\/files\/(?:v1\/)?([a-z.]+)$/) || [])[1];
    const bytes = name && (await readFile(ASSETS + name).catch(() => null));
    if (!bytes) {
      throw new Problem(404, 'Not found');
    }
    const headers = { 'content-type': TYPES[name.split('.').pop()], 'x-content-type-options': 'nosniff' };
    if (name === 'panel.html') {
      headers['content-security-policy'] =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; " +
        `frame-ancestors 'self' ${this.allowed.join(' ')}`;
    }
    if (name === 'widget.js') {
      headers['access-control-allow-origin'] = '*';
    }
    return [200, headers, bytes];
  }

  async api(request, response, address) {
    const [, channel, what] = address.pathname.match(/^\/api\/v1\/widget\/([^/]+)\/(\w+)$/) || [];
    if (channel !== this.channel) {
      throw new Problem(404, 'Channel not found.');
    }
    const { origin } = request.headers;
    const cors = {};
    if (origin && origin !== this.base) {
      if (!this.allowed.includes(origin)) {
        throw new Problem(403, `This website may not use the chat: ${origin} is not among the allowed origins of the channel.`);
      }
      Object.assign(cors, { 'access-control-allow-origin': origin, vary: 'origin' });
    }
    let body = null;
    if (request.method === 'POST') {
      let text = '';
      for await (const piece of request) {
        text += piece;
      }
      body = JSON.parse(text);
    }
    const json = (status, value) => [status, { 'content-type': 'application/json', 'cache-control': 'no-cache', ...cors }, value === undefined ? undefined : JSON.stringify(value)];
    const key = `${request.method} ${what}`;
    if (key === 'GET configuration') {
      return json(200, this.told());
    }
    if (key === 'POST session') {
      await new Promise(done => setTimeout(done, this.sessionMs));
      return json(...this.session(body));
    }
    const token = (request.headers.authorization || '').replace(/^Bearer /, '');
    const holder = this.tokens.get(token);
    if (!holder) {
      throw new Problem(401, 'The token of this chat has ended.');
    }
    const { member } = holder;
    switch (key) {
      case 'GET messages':
        return json(200, this.messages(member, address.searchParams));
      case 'POST messages':
        return json(...this.write(member, body));
      case 'GET stream':
        return this.stream(member, token, request, response);
      case 'POST seen':
        member.seen = Math.max(member.seen, body.up_to);
        return json(204);
      case 'POST typing':
        return json(204);
      case 'POST satisfaction': {
        const message = member.messages.find(one => one.id === body.message_id && one.kind === 'satisfaction');
        if (!message) {
          throw new Problem(404, 'Nothing was asked.');
        }
        message.satisfaction = { score: body.score };
        member.comment = body.comment || member.comment;
        return json(200, message);
      }
      case 'DELETE session':
        this.tokens.delete(token);
        return json(204);
      default:
        throw new Problem(404, 'Not found');
    }
  }

  told() {
    return {
      channel_id: this.channel, name: 'Ana Coaching', color: '#0f766e', welcome_message: 'Hello! How can I help you today?', language: null, position: 'right', automated: true,
      assistant_name: null, starters: [], privacy_url: null, identity: this.identityMode, max_length: 4096, active: true, ...this.configuration,
    };
  }

  member(external) {
    const member = { external, messages: [], seen: 0, handler: 'bot', human: null, typing: false };
    this.members.set(external || randomUUID(), member);
    return member;
  }

  prove(identity) {
    if (identity.jwt) {
      const [head, claims, signature] = identity.jwt.split('.');
      const right = createHmac('sha256', SECRET).update(`${head}.${claims}`).digest();
      const given = Buffer.from(signature || '', 'base64url');
      const read = JSON.parse(Buffer.from(claims || '', 'base64url').toString() || '{}');
      if (given.length === right.length && timingSafeEqual(given, right) && read.exp > Date.now() / 1000 && read.user_id) {
        return String(read.user_id);
      }
    } else if (identity.external_id && identity.user_hash === hash(identity.external_id)) {
      return String(identity.external_id);
    }
    throw new Problem(401, 'Your website’s proof of who you are was not accepted: the signature is not right.');
  }

  session({ visitor_token: old, identity }) {
    const known = this.tokens.get(old);
    let member = known && known.member;
    let token = known ? old : null;
    if (identity) {
      const external = this.prove(identity);
      const there = this.members.get(external) || this.member(external);
      if (member !== there) {
        if (member && !member.external) {
          there.messages.push(...member.messages);
          there.messages.sort((a, b) => a.seq - b.seq);
          this.tokens.delete(old);
        }
        token = null;
      }
      member = there;
    } else if (this.identityMode === 'required' && !(member && member.external)) {
      throw new Problem(401, 'This chat is only for people who are logged in on the website.');
    }
    const made = !token;
    if (made) {
      member = member || this.member(null);
      token = `wv_${randomBytes(16).toString('base64url')}`;
      this.tokens.set(token, { member });
    }
    const unread = member.messages.filter(message => message.author !== 'member' && message.seq > member.seen).length;
    return [made ? 201 : 200, {
      token, identified: Boolean(member.external), expires_at: '2030-01-01T00:00:00Z', latest_seq: member.messages.at(-1)?.seq || 0, unread, handler: member.handler,
      human_name: member.human, consent_needed: false, configuration: this.told(),
    }];
  }

  messages(member, query) {
    const limit = Number(query.get('limit') || 50);
    const after = query.get('after');
    const before = query.get('before');
    let found = member.messages;
    let more;
    if (after !== null) {
      found = found.filter(message => message.seq > Number(after));
      more = found.length > limit;
      found = found.slice(0, limit);
    } else {
      found = before === null ? found : found.filter(message => message.seq < Number(before));
      more = found.length > limit;
      found = found.slice(-limit);
    }
    return { messages: found, latest_seq: member.messages.at(-1)?.seq || 0, more, handler: member.handler, human_name: member.human, typing: member.typing, seen_by_coach: member.seenByCoach || 0 };
  }

  write(member, { client_id: clientId, text }) {
    const there = member.messages.find(message => message.client_id === clientId);
    if (there) {
      return [200, there];
    }
    const length = [...text.trim()].length;
    if (!length || length > 4096) {
      throw new Problem(422, `A message has at most 4096 characters; yours has ${length}. Send it in parts.`);
    }
    if (text === 'refuse this') {
      throw new Problem(422, 'The coach does not take this message.');
    }
    const message = this.push({ author: 'member', client_id: clientId, text: text.trim() }, member);
    const reply = this.reply(text);
    if (reply) {
      this.send(member, 'typing', { author: 'bot', on: true });
      setTimeout(() => [reply].flat().forEach(one => this.push(one, member)), this.delayMs);
    }
    return [201, message];
  }

  stream(member, token, request, response) {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' });
    const after = Number(request.headers['last-event-id'] ?? Infinity);
    response.write(`retry: 500\nevent: hello\ndata: ${JSON.stringify({ latest_seq: this.seq, handler: member.handler, human_name: member.human, resumed: true })}\n\n`);
    for (const message of member.messages.filter(one => one.seq > after)) {
      response.write(`id: ${message.seq}\nevent: message\ndata: ${JSON.stringify(message)}\n\n`);
    }
    const stream = { response, member: () => this.tokens.get(token)?.member };
    this.streams.add(stream);
    response.on('close', () => this.streams.delete(stream));
    return [null];
  }
}

/** Somebody's website, of another origin than the server's. */
export async function website(pages) {
  const server = createServer((request, response) => {
    const page = pages[new URL(request.url, 'http://x').pathname];
    if (!page) {
      response.writeHead(404).end();
      return;
    }
    const { body, headers } = typeof page === 'function' ? page() : page;
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...headers }).end(body);
  });
  await new Promise(done => server.listen(0, '127.0.0.1', done));
  return {
    origin: `http://localhost:${server.address().port}`,
    port: server.address().port,
    stop: () => {
      server.closeAllConnections();
      return server.listening ? new Promise(done => server.close(done)) : null;
    },
  };
}
