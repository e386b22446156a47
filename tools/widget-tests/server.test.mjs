// A walk through a running demo: the coach by the API, the visitor in a browser on a page of another origin.

import assert from 'node:assert/strict';
import { request as rawRequest } from 'node:http';
import { after, before, describe, test } from 'node:test';

import { CALM, launch, page, seeThrough, Widget } from './browser.mjs';
import { hash, jwt, website } from './stub.mjs';

const base = (process.env.WIDGET_SERVER || '').replace(/\/$/, '');
const HANDBOOK = `# Runner's handbook

## Sleep

Adults who train sleep eight hours or more each night, and nine hours before the long run. Naps count, but not after four in the afternoon.

## Days of training

Beginners train three days a week, with a day of rest between two runs. After eight weeks a fourth day may be added.

## Shoes

Change your running shoes every seven hundred kilometres, or when the sole is worn on one side.
`;

let browser;
let site;
const pages = {};
let coach;
let channel;
let knowledge;

async function ask(method, path, body, headers = {}) {
  const form = body instanceof FormData;
  const answer = await fetch(base + path, {
    method,
    headers: { ...(coach ? { authorization: `Bearer ${coach}` } : {}), ...(body && !form ? { 'content-type': 'application/json' } : {}), ...headers },
    body: form ? body : body && JSON.stringify(body),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, body: text && (answer.headers.get('content-type') || '').includes('json') ? JSON.parse(text) : text };
}

async function must(method, path, body) {
  const answer = await ask(method, path, body);
  assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

async function until(what, look, ms = 20_000) {
  for (const deadline = Date.now() + ms; ; ) {
    const found = await look();
    if (found) {
      return found;
    }
    assert.ok(Date.now() < deadline, `${what} did not come`);
    await new Promise(done => setTimeout(done, 200));
  }
}

before(async () => {
  browser = await launch();
  site = await website(pages);
  const entered = await must('POST', '/api/v1/auth/login', {
    email: process.env.WIDGET_COACH || 'coach@demo.example.com', password: process.env.WIDGET_PASSWORD || 'only-on-this-machine-26',
  });
  coach = entered.access_token;
  knowledge = await must('POST', '/api/v1/knowledge-bases', { name: `Widget ${Date.now()}` });
  const form = new FormData();
  form.append('file', new Blob([HANDBOOK], { type: 'text/markdown' }), 'handbook.md');
  const document = await must('POST', `/api/v1/knowledge-bases/${knowledge.id}/documents`, form);
  await until('the document', async () => (await must('GET', `/api/v1/knowledge-bases/${knowledge.id}/documents/${document.id}`)).processing_status === 'completed', 60_000);
  channel = await must('POST', '/api/v1/channels', {
    channel_type: 'web', channel_name: 'Ana Coaching',
    configuration: { widget_color: '#0f766e', welcome_message: 'Hello! How can I help you today?', allowed_origins: [site.origin], knowledge_base_ids: [knowledge.id] },
  });
  pages['/'] = { body: page({ base, channel: channel.id }) };
});

after(async () => {
  if (channel) {
    await ask('DELETE', `/api/v1/channels/${channel.id}`);
  }
  if (knowledge) {
    await ask('DELETE', `/api/v1/knowledge-bases/${knowledge.id}`);
  }
  await browser.close();
  await site.stop();
});

async function visit(context, { path = '/', settings = {} } = {}) {
  const profile = await browser.newContext({ ...CALM, ...settings });
  context.after(() => profile.close());
  await profile.addInitScript(seeThrough);
  const tab = await profile.newPage();
  const widget = new Widget(tab, base);
  await tab.goto(site.origin + path);
  widget.profile = profile;
  return widget;
}

/** The conversation in which this was said last. */
const conversation = text => until(`the conversation with "${text}"`, async () => {
  const { conversations } = await must('GET', `/api/v1/conversations?channel_id=${channel.id}&limit=50`);
  for (const one of conversations) {
    const { messages } = await must('GET', `/api/v1/conversations/${one.id}/messages`);
    if (messages.some(message => message.text === text)) {
      return { ...one, messages };
    }
  }
  return null;
});

const later = (seconds = 3600) => Math.floor(Date.now() / 1000) + seconds;

describe('a running server', { skip: !base && 'no server is named' }, () => {
  test('a question is answered out of the handbook, with the quote', async context => {
    const widget = await visit(context);
    await widget.open();
    await widget.sees('Hello! How can I help you today?');
    await widget.write('How many hours should I sleep before the long run?');
    await widget.sees('nine hours before the long run', 'blockquote');
    assert.equal(await widget.panel.locator('.machine').last().textContent(), 'AI');
    await widget.tab.reload();
    await widget.open();
    await widget.sees('How many hours should I sleep before the long run?');
    assert.deepEqual(widget.faults, []);
  });

  test('a person is called, answers, and is rated', async context => {
    const widget = await visit(context);
    const panel = await widget.open();
    await panel.getByRole('button', { name: 'Ask for a person' }).click();
    await panel.locator('#status', { hasText: 'Waiting for a person' }).waitFor();
    const there = await conversation('I would like to talk to a person.');
    assert.equal(there.handler, 'queue');
    await must('POST', `/api/v1/conversations/${there.id}/messages`, { text: 'Hello, here I am.' });
    await widget.sees('Hello, here I am.');
    await panel.locator('#status', { hasText: 'You are talking to' }).waitFor();
    assert.equal(await panel.locator('.message', { hasText: 'Hello, here I am.' }).locator('.machine').count(), 0);
    await must('GET', `/api/v1/conversations/${there.id}/messages`);
    await panel.locator('p.foot.mine', { hasText: 'Seen' }).waitFor();
    await must('POST', `/api/v1/conversations/${there.id}/close`);
    await panel.getByRole('button', { name: '5 of 5: Very happy' }).click();
    await panel.getByText('Thank you for your answer.').waitFor();
    await panel.getByLabel('Would you tell us more? (optional)').fill('Kind and quick');
    await panel.getByRole('button', { name: 'Send the comment' }).click();
    await panel.getByText('Thank you. Your comment has been sent.').waitFor();
    // It is still so after a reload, and the conversation goes on.
    await widget.tab.reload();
    await widget.open();
    await widget.panel.locator('.scale button[aria-pressed="true"]').waitFor();
    await widget.write('How often should I change my shoes?');
    await widget.sees('seven hundred kilometres', 'blockquote');
  });

  test('what is written without a connection arrives once each, in order', async context => {
    const widget = await visit(context);
    await widget.open();
    await widget.write('before the tunnel');
    await widget.sent();
    await widget.profile.setOffline(true);
    for (const text of ['in the tunnel, first', 'in the tunnel, second', 'in the tunnel, third']) {
      await widget.write(text);
    }
    await widget.panel.locator('#bar', { hasText: 'No connection' }).waitFor();
    await widget.profile.setOffline(false);
    await widget.sent();
    const there = await conversation('in the tunnel, third');
    const own = there.messages.filter(message => /tunnel/.test(message.text)).map(message => message.text);
    assert.deepEqual(own.filter(text => /^(before|in) the tunnel/.test(text)), ['before the tunnel', 'in the tunnel, first', 'in the tunnel, second', 'in the tunnel, third']);
    // The stream has come back, too.
    await must('POST', `/api/v1/conversations/${there.id}/messages`, { text: 'Good to see you out of it.' });
    await widget.sees('Good to see you out of it.');
  });

  test('whoever logs in keeps what was written, and finds it on another device', async context => {
    const widget = await visit(context);
    await widget.open();
    await widget.write('nobody knows me yet');
    await widget.sent();
    const token = jwt({ user_id: 'member-42', name: 'Bea Known', email: 'bea@example.org', exp: later() }, channel.identity_secret);
    await widget.tab.evaluate(it => window.InfluencerFlowWidget.identify({ jwt: it }), token);
    await widget.sees('nobody knows me yet');
    await widget.write('now you know me');
    await widget.sent();
    const there = await conversation('now you know me');
    assert.ok(there.messages.some(message => message.text === 'nobody knows me yet'));
    const other = await visit(context);
    await other.open();
    await other.tab.evaluate(it => window.InfluencerFlowWidget.identify({ external_id: 'member-42', user_hash: it }), hash('member-42', channel.identity_secret));
    await other.sees('now you know me');
    await other.sees('nobody knows me yet');
    // Both are open: what one writes the other sees.
    await other.write('from the other device');
    await widget.sees('from the other device');
  });

  test('an identity without a proof is refused, whatever is wrong with it', async () => {
    const session = body => ask('POST', `/api/v1/widget/${channel.id}/session`, body);
    const head = Buffer.from('{"alg":"none"}').toString('base64url');
    const claims = Buffer.from(JSON.stringify({ user_id: 'x', exp: later() })).toString('base64url');
    for (const identity of [
      { jwt: jwt({ user_id: 'x', exp: later() }, 'another secret') }, { jwt: jwt({ user_id: 'x', exp: later(-3600) }, channel.identity_secret) }, { jwt: jwt({ user_id: 'x' }, channel.identity_secret) },
      { jwt: jwt({ exp: later() }, channel.identity_secret) }, { jwt: `${head}.${claims}.` }, { jwt: 'nonsense' }, { external_id: 'x' }, { external_id: 'x', user_hash: hash('y', channel.identity_secret) },
    ]) {
      const { status, body } = await session({ identity });
      assert.equal(status, 401, JSON.stringify(identity));
      assert.ok(body.error.message.length > 40, body.error.message);
    }
    assert.equal((await session({ identity: { jwt: jwt({ user_id: 7, exp: later() }, channel.identity_secret) } })).body.identified, true);
  });

  test('pages that are not allowed get nothing', async context => {
    const path = `/api/v1/widget/${channel.id}/configuration`;
    // Node's fetch sets no Origin of somebody else's.
    const of = origin => new Promise((done, fail) => {
      rawRequest(base + path, { headers: origin ? { origin } : {} }, answer => {
        answer.resume();
        done({ status: answer.statusCode, allow: answer.headers['access-control-allow-origin'] });
      }).on('error', fail).end();
    });
    assert.deepEqual(await of(null), { status: 200, allow: undefined });
    assert.deepEqual(await of(site.origin), { status: 200, allow: site.origin });
    assert.deepEqual(await of(base), { status: 200, allow: undefined });
    for (const strange of ['https://evil.example', `${site.origin}0`, 'null', site.origin.replace('http:', 'https:')]) {
      assert.deepEqual(await of(strange), { status: 403, allow: undefined }, strange);
    }
    const shown = await ask('GET', `/widget/${channel.id}`);
    assert.equal(shown.status, 200);
    assert.ok(shown.headers.get('content-security-policy').endsWith(`frame-ancestors 'self' ${site.origin}`));
    assert.equal(shown.headers.get('x-frame-options'), null);
    assert.equal((await ask('GET', `/widget/${knowledge.id}`)).status, 404);
    const other = await website({ '/': { body: page({ base, channel: channel.id }) } });
    const profile = await browser.newContext();
    context.after(async () => {
      await profile.close();
      await other.stop();
    });
    const tab = await profile.newPage();
    const told = tab.waitForEvent('console', message => message.text().includes('allowed_origins'));
    await tab.goto(other.origin);
    await told;
  });

  test('messages have their limits, and the same one is taken once', async () => {
    const session = await must('POST', `/api/v1/widget/${channel.id}/session`, {});
    const send = body => ask('POST', `/api/v1/widget/${channel.id}/messages`, body, { authorization: `Bearer ${session.token}` });
    const id = crypto.randomUUID();
    assert.equal((await send({ client_id: id, text: 'once' })).status, 201);
    const again = await send({ client_id: id, text: 'twice' });
    assert.equal(again.status, 200);
    assert.equal(again.body.text, 'once');
    assert.equal((await send({ client_id: crypto.randomUUID(), text: 'é'.repeat(4096) })).status, 201);
    const long = await send({ client_id: crypto.randomUUID(), text: 'é'.repeat(4097) });
    assert.equal(long.status, 422);
    assert.match(JSON.stringify(long.body), /4[,.]?096/);
    assert.equal((await send({ client_id: crypto.randomUUID(), text: '  ' })).status, 422);
    assert.equal((await send({ client_id: 'x', text: 'x' })).status, 422);
    assert.equal((await send({ client_id: crypto.randomUUID(), text: 'x'.repeat(70_000) })).status, 413);
    assert.equal((await ask('GET', `/api/v1/widget/${channel.id}/messages`, undefined, { authorization: 'Bearer wv_AAAAAAAAAAAAAAAAAAAAAA' })).status, 401);
    assert.equal((await ask('DELETE', `/api/v1/widget/${channel.id}/session`, undefined, { authorization: `Bearer ${session.token}` })).status, 204);
    assert.equal((await send({ client_id: crypto.randomUUID(), text: 'after' })).status, 401);
  });

  test('markup stays text all the way', async context => {
    const widget = await visit(context);
    await widget.open();
    const text = '<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>';
    await widget.write(text);
    await widget.sent();
    const there = await conversation(text);
    await must('POST', `/api/v1/conversations/${there.id}/messages`, { text: `You wrote ${text}` });
    await widget.sees(`You wrote ${text}`);
    assert.equal(await widget.panel.evaluate(() => window.pwned), undefined);
    assert.equal(await widget.panel.locator('img').count(), 0);
  });

  test('a chat that is only for known people asks to log in', async context => {
    await must('PUT', `/api/v1/channels/${channel.id}`, { configuration: { identity_mode: 'required' } });
    context.after(() => must('PUT', `/api/v1/channels/${channel.id}`, { configuration: { identity_mode: 'optional' } }));
    const widget = await visit(context);
    const panel = await widget.open();
    await panel.locator('#bar', { hasText: 'Please log in on the website' }).waitFor();
    await widget.tab.evaluate(it => window.InfluencerFlowWidget.identify({ jwt: it }), jwt({ user_id: 'member-42', exp: later() }, channel.identity_secret));
    await widget.sees('from the other device');
  });

  test('the demo has a page to try it on', async context => {
    if ((await must('GET', '/health')).mode !== 'demo') {
      context.skip('this server serves in earnest');
      return;
    }
    const profile = await browser.newContext({ locale: 'es-ES' });
    context.after(() => profile.close());
    await profile.addInitScript(seeThrough);
    const tab = await profile.newPage();
    const widget = new Widget(tab, base);
    await tab.goto(`${base}/widget-demo`);
    await widget.ready();
    await tab.getByRole('button', { name: 'Abrir el chat' }).click();
    widget.panel = await widget.frame();
    await widget.panel.waitForFunction(() => document.activeElement === document.querySelector('#text'));
    await widget.axe();
    assert.deepEqual(widget.faults, []);
  });
});
