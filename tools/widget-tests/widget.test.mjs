// The widget against the stand-in, in a real browser, on a page of another origin.

import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';

import { CALM, launch, launchStored, page, seeThrough, Widget } from './browser.mjs';
import { hash, jwt, Stub, website } from './stub.mjs';

const HOUR = 3600;
let browser;
let stub;
let site;
let pages;

before(async () => {
  browser = await launch();
});
after(async () => {
  await browser.close();
});

beforeEach(async () => {
  stub = await new Stub().start();
  pages = {};
  site = await website(pages);
  stub.allowed = [site.origin];
  pages['/'] = { body: page({ base: stub.base, channel: stub.channel }) };
});

/** A page with the widget, which is taken down with its test. Browsers' private windows, as these are by themselves, keep iframes from storage. */
async function visit(context, { path = '/', settings = {}, stored = false } = {}) {
  const wishes = { ...CALM, ...settings };
  const profile = await (stored ? launchStored(wishes) : browser.newContext(wishes));
  const { stub: server, site: web } = { stub, site };
  context.after(async () => {
    await profile.close();
    await server.stop();
    await web.stop();
  });
  await profile.addInitScript(seeThrough);
  const tab = await profile.newPage();
  const widget = new Widget(tab, server.base);
  await tab.goto(site.origin + path);
  widget.profile = profile;
  return widget;
}

const answer = {
  text: 'Sleep eight hours [1], and see https://example.org/sleep.',
  citations: [{ number: 1, title: 'Handbook', heading: 'Sleep', quote: 'Adults who train sleep eight hours or more.', page: 12, seconds: null, url: 'https://example.org/handbook' }],
};

describe('writing and reading', () => {
  test('a visitor opens, writes and is answered, with the quote beneath', async context => {
    stub.reply = () => answer;
    const widget = await visit(context, { settings: { reducedMotion: 'no-preference' } });
    await widget.open();
    await widget.sees('Hello! How can I help you today?');
    await widget.write('How long should I sleep?');
    await widget.sees('Sleep eight hours');
    await widget.sees('Adults who train sleep eight hours or more.', 'blockquote');
    const { panel } = widget;
    assert.equal(await panel.locator('.machine').last().textContent(), 'AI');
    assert.match(await panel.locator('.card-head').textContent(), /Handbook.*Sleep · page 12/);
    assert.equal(await panel.locator('.text a').getAttribute('href'), 'https://example.org/sleep');
    assert.equal(await panel.locator('.text a').getAttribute('rel'), 'noopener noreferrer nofollow ugc');
    // By the number in the text one comes to the source, and all of it.
    await panel.locator('.ref').click();
    assert.equal(await panel.locator('.card-head').getAttribute('aria-expanded'), 'true');
    assert.ok(await panel.locator('.card > a').isVisible());
    await widget.sent();
    stub.send(stub.last, 'seen', { by: 'coach', up_to: 200 });
    await panel.locator('.foot.mine', { hasText: 'Seen' }).waitFor();
    assert.deepEqual(widget.faults, []);
  });

  test('what may be meant is shown as titles with excerpts', async context => {
    stub.reply = text => (text === 'And the first?' ? { text: 'That is the answer.' } : {
      kind: 'maybe', text: 'I am not sure, but this may be it:',
      suggestions: [{ title: 'The first week', excerpt: 'Three walks of half an hour.', question: 'And the first?' }, { title: 'Rest', excerpt: 'One day off.', question: null }],
    });
    const widget = await visit(context);
    await widget.open();
    await widget.write('week?');
    await widget.sees('Three walks of half an hour.', '.card');
    assert.equal(await widget.panel.locator('.card').count(), 2);
    await widget.panel.getByRole('button', { name: 'Ask this' }).click();
    await widget.sees('That is the answer.');
  });

  test('the same message is sent once, however often the line breaks behind it', async context => {
    const widget = await visit(context);
    await widget.open();
    // It arrives, and the answer is lost.
    const original = stub.write.bind(stub);
    let first = true;
    stub.write = (member, body) => {
      const result = original(member, body);
      if (first) {
        first = false;
        throw Object.assign(new Error('lost'), { status: 502 });
      }
      return result;
    };
    await widget.write('only once');
    await widget.sent();
    assert.equal(stub.last.messages.filter(message => message.text === 'only once').length, 1);
    assert.equal(await widget.panel.locator('.message.mine').count(), 1);
  });

  test('what the server refuses is told in its words, can be tried again or deleted, and holds up nothing', async context => {
    const widget = await visit(context);
    await widget.open();
    await widget.write('refuse this');
    await widget.write('but not this');
    await widget.panel.locator('.failed', { hasText: 'The coach does not take this message.' }).waitFor();
    await widget.sent();
    await widget.panel.getByRole('button', { name: 'Try again' }).click();
    await widget.panel.locator('.failed').waitFor();
    await widget.panel.getByRole('button', { name: 'Delete' }).click();
    await widget.panel.locator('.failed').waitFor({ state: 'detached' });
    assert.equal(await widget.panel.locator('.message.mine').count(), 1);
  });

  test('a text that is too long is not sent, and the line says by how much', async context => {
    const widget = await visit(context);
    const panel = await widget.open();
    await panel.fill('#text', '😀'.repeat(4098));
    await panel.locator('#hint', { hasText: '2 characters too many' }).waitFor();
    assert.ok(await panel.locator('#send').isDisabled());
    await panel.fill('#text', '😀'.repeat(4096));
    await panel.locator('#hint', { hasText: '0 characters left' }).waitFor();
    await panel.press('#text', 'Enter');
    await widget.sent();
  });

  test('long histories come in pages, and edits and deletions are followed', async context => {
    const widget = await visit(context);
    await widget.open();
    await widget.write('first');
    await widget.sent();
    for (let n = 1; n <= 120; n += 1) {
      stub.push({ text: `number ${n}.` });
    }
    await widget.sees('number 120.');
    await widget.tab.reload();
    await widget.open();
    const { panel } = widget;
    await widget.sees('number 120.');
    assert.equal(await panel.locator('.message', { hasText: 'number 70.' }).count(), 0);
    await panel.getByRole('button', { name: 'Show earlier messages' }).click();
    await panel.locator('.message', { hasText: 'number 21.' }).waitFor();
    await panel.getByRole('button', { name: 'Show earlier messages' }).click();
    await panel.locator('.message', { hasText: 'Hello! How can I help' }).waitFor();
    assert.ok(await panel.locator('#earlier').isHidden());
    const texts = await panel.locator('.message.theirs .text').allTextContents();
    assert.deepEqual(texts.slice(1), Array.from({ length: 120 }, (_, n) => `number ${n + 1}.`));

    const message = stub.last.messages.at(-1);
    stub.change(message, { text: 'changed words', edited_at: new Date().toISOString() });
    await widget.sees('changed words');
    stub.change(message, { text: '', deleted: true });
    await widget.sees('This message was deleted.');
  });

  test('how it was is asked once, from 1 to 5, with words if wished', async context => {
    const widget = await visit(context);
    await widget.open();
    await widget.write('thanks');
    await widget.sent();
    const asked = stub.push({ author: 'system', kind: 'satisfaction', text: 'How was our help?', satisfaction: { score: null } });
    const { panel } = widget;
    await panel.getByRole('button', { name: '4 of 5: Happy' }).click();
    await panel.getByText('Thank you for your answer.').waitFor();
    assert.equal(asked.satisfaction.score, 4);
    assert.equal(await panel.getByRole('button', { name: '4 of 5: Happy' }).getAttribute('aria-pressed'), 'true');
    await panel.getByLabel('Would you tell us more? (optional)').fill('Very kind');
    await panel.getByRole('button', { name: 'Send the comment' }).click();
    await panel.getByText('Thank you. Your comment has been sent.').waitFor();
    assert.equal(stub.last.comment, 'Very kind');
  });

  test('who answers is told: the machine, nobody yet, a person', async context => {
    const widget = await visit(context);
    const panel = await widget.open();
    await panel.locator('#status', { hasText: 'AI assistant' }).waitFor();
    await panel.getByRole('button', { name: 'Ask for a person' }).click();
    await widget.sees('I would like to talk to a person.');
    stub.hand('queue', null);
    await panel.locator('#status', { hasText: 'Waiting for a person' }).waitFor();
    stub.hand('human', 'Ana');
    stub.push({ author: 'system', kind: 'notice', text: 'Ana has joined' });
    stub.push({ author: 'coach', author_name: 'Ana', text: 'I am here.' });
    await panel.locator('#status', { hasText: 'You are talking to Ana' }).waitFor();
    await panel.locator('.notice', { hasText: 'Ana has joined' }).waitFor();
    assert.equal(await panel.locator('.message', { hasText: 'I am here.' }).locator('.machine').count(), 0);
    await panel.locator('footer', { hasText: 'A person answers here.' }).waitFor();
    stub.send(stub.last, 'typing', { author: 'coach', on: true });
    await panel.locator('#typing', { hasText: 'Ana is writing' }).waitFor();
    // What moves is not read out again and again.
    assert.equal(await panel.evaluate(() => document.querySelector('#log').contains(document.querySelector('#typing'))), false);
    assert.equal(await panel.evaluate(() => Boolean(document.querySelector('#typing').closest('[aria-live]'))), false);
  });
});

describe('bad lines', () => {
  for (const stored of [false, true]) test(`what is written without a connection is sent in order when it is back, over a reload too (${stored ? 'ordinary' : 'private'} window)`, async context => {
    const widget = await visit(context, { stored });
    await widget.open();
    await widget.write('before');
    await widget.sent();
    await widget.profile.setOffline(true);
    await widget.panel.locator('#bar', { hasText: 'No connection' }).waitFor();
    for (const text of ['one', 'two', 'three']) {
      await widget.write(text);
    }
    assert.equal(await widget.panel.locator('.foot', { hasText: 'Waits for the connection' }).count(), 3);
    await widget.profile.setOffline(false);
    await widget.sent();
    await widget.panel.locator('.foot', { hasText: 'Waits for' }).first().waitFor({ state: 'detached' });
    assert.deepEqual(stub.last.messages.map(message => message.text), ['before', 'one', 'two', 'three']);

    stub.fault = (request, address) => (address.pathname.endsWith('/messages') && request.method === 'POST' ? 503 : null);
    await widget.write('four');
    await widget.write('five');
    await widget.tab.waitForTimeout(300);
    await widget.tab.reload();
    stub.fault = () => null;
    await widget.open();
    await widget.sent();
    await widget.tab.waitForTimeout(500);
    assert.deepEqual(stub.last.messages.map(message => message.text), ['before', 'one', 'two', 'three', 'four', 'five']);
    assert.equal(await widget.panel.locator('.message.mine').count(), 6);
  });

  test('a stream that breaks off goes on where it was', async context => {
    const widget = await visit(context);
    await widget.open();
    await widget.write('hello');
    await widget.sent();
    stub.dropStreams();
    stub.push({ text: 'said meanwhile' });
    stub.push({ text: 'and this' });
    await widget.sees('said meanwhile');
    await widget.sees('and this');
    assert.equal(await widget.panel.locator('.message', { hasText: 'said meanwhile' }).count(), 1);
    // The server may say that it does not know what was missed.
    stub.last.messages.push({ ...stub.last.messages.at(-1), id: 'x', seq: (stub.seq += 1), text: 'only by reading anew' });
    stub.send(stub.last, 'reset', {});
    await widget.sees('only by reading anew');
  });

  test('where streams do not get through it asks again and again', async context => {
    stub.fault = (request, address) => (address.pathname.endsWith('/stream') ? 502 : null);
    const widget = await visit(context);
    await widget.open();
    await widget.write('anyone?');
    await widget.sent();
    stub.push({ text: 'by polling' });
    await widget.panel.locator('.message', { hasText: 'by polling' }).waitFor();
    await widget.panel.locator('#bar').waitFor({ state: 'hidden' });
  });

  test('one page too many asks now and then, and drives out no other', async context => {
    const widget = await visit(context);
    await widget.open();
    await widget.write('hello');
    await widget.sent();
    const opened = () => stub.asked.filter(line => line.endsWith('/stream')).length;
    const before = opened();
    stub.send(stub.last, 'closed', { reason: 'too_many' });
    stub.push({ text: 'to all pages' });
    await widget.sees('to all pages');
    await widget.tab.waitForTimeout(2_000);
    assert.equal(opened(), before);
    assert.ok(await widget.panel.locator('#bar').isHidden());
  });

  test('a token that has ended is replaced, and what was being sent goes through', async context => {
    const widget = await visit(context);
    await widget.open();
    await widget.write('first');
    await widget.sent();
    stub.tokens.clear();
    await widget.write('second');
    await widget.tab.waitForTimeout(200);
    await widget.sent();
    assert.deepEqual(stub.last.messages.map(message => message.text), ['second']);
  });

  test('a server that is away at first is found when it comes', async context => {
    let away = true;
    stub.fault = (request, address) => (away && address.pathname.endsWith('/session') ? 503 : null);
    const widget = await visit(context);
    await widget.open();
    await widget.panel.locator('#bar', { hasText: 'cannot be reached' }).waitFor();
    await widget.write('are you there?');
    away = false;
    await widget.sent();
    stub.push({ text: 'now I am' });
    await widget.sees('now I am');
  });
});

describe('who writes', () => {
  test('a visitor is known again on the next visit, also where the browser forgets the storage of iframes', async context => {
    const widget = await visit(context);
    await widget.open();
    await widget.write('remember me');
    await widget.sent();
    // In a private window the iframe has none at all.
    assert.equal(await widget.panel.evaluate(() => { try { return Boolean(localStorage); } catch { return false; } }), false);
    await widget.tab.reload();
    await widget.open();
    await widget.sees('remember me');
    assert.equal(stub.members.size, 1);
  });

  test('whoever logs in keeps what was written before, and takes it along when leaving', async context => {
    const widget = await visit(context);
    await widget.open();
    await widget.write('as a visitor');
    await widget.sent();
    const token = jwt({ user_id: '42', name: 'Bea', exp: Math.floor(Date.now() / 1000) + HOUR });
    await widget.tab.evaluate(it => window.InfluencerFlowWidget.identify({ jwt: it }), token);
    await widget.sees('as a visitor');
    await widget.write('as Bea');
    await widget.sent();
    assert.deepEqual(stub.members.get('42').messages.map(message => message.text), ['as a visitor', 'as Bea']);
    await widget.tab.evaluate(() => window.InfluencerFlowWidget.logout());
    await widget.panel.locator('.message', { hasText: 'as Bea' }).waitFor({ state: 'detached' });
    await widget.write('somebody else');
    await widget.sent();
    assert.equal(stub.members.get('42').messages.length, 2);
  });

  test('whoever logs in while the chat is still beginning is logged in', async context => {
    stub.sessionMs = 400;
    const first = await visit(context);
    await first.open();
    // The visitor's session is being asked for: the identity must not be lost in it.
    await first.tab.evaluate(it => window.InfluencerFlowWidget.identify({ external_id: '42', user_hash: it }), hash('42'));
    await first.write('as Bea');
    await first.sent();
    assert.deepEqual(stub.members.get('42').messages.map(message => message.text), ['as Bea']);
    // Nor does an answer that comes after a log-out log anybody in again.
    await first.tab.evaluate(it => {
      window.InfluencerFlowWidget.identify({ external_id: '42', user_hash: it });
      window.InfluencerFlowWidget.logout();
    }, hash('42'));
    await first.panel.locator('.message', { hasText: 'as Bea' }).waitFor({ state: 'detached' });
    await first.write('somebody else');
    await first.sent();
    assert.deepEqual(stub.members.get('42').messages.map(message => message.text), ['as Bea']);
  });

  test('after a log-out without a word the next person sees nothing', async context => {
    pages['/in'] = { body: page({ base: stub.base, channel: stub.channel, attributes: `data-external-id="7" data-user-hash="${hash('7')}"` }) };
    const widget = await visit(context, { path: '/in' });
    await widget.open();
    await widget.write('private');
    await widget.sent();
    assert.equal(stub.members.get('7').messages.length, 1);
    await widget.tab.goto(`${site.origin}/`);
    await widget.open();
    await widget.tab.waitForTimeout(500);
    assert.equal(await widget.panel.locator('.message', { hasText: 'private' }).count(), 0);
  });

  test('an identity that is not proven closes the chat, and the page is told why', async context => {
    pages['/'] = { body: page({ base: stub.base, channel: stub.channel, attributes: 'data-external-id="7" data-user-hash="00"' }) };
    const widget = await visit(context);
    const told = widget.tab.waitForEvent('console', message => message.text().includes('did not take the identity'));
    const panel = await widget.open();
    await panel.locator('#bar', { hasText: 'could not confirm who you are' }).waitFor();
    assert.ok(await panel.locator('#text').isDisabled());
    await told;
    // Once it is proven, it opens.
    await widget.tab.evaluate(it => window.InfluencerFlowWidget.identify({ external_id: '7', user_hash: it }), hash('7'));
    await panel.locator('#bar').waitFor({ state: 'hidden' });
    await widget.write('in');
    await widget.sent();
  });

  test('a chat for people who are logged in says so', async context => {
    stub.identityMode = 'required';
    const widget = await visit(context);
    const panel = await widget.open();
    await panel.locator('#bar', { hasText: 'Please log in on the website' }).waitFor();
  });

  test('new messages are counted on the button while the panel is closed', async context => {
    const widget = await visit(context);
    await widget.open();
    await widget.write('hello');
    await widget.sent();
    await widget.tab.evaluate(() => window.InfluencerFlowWidget.close());
    // What comes in the moment in which the panel is told that it is closed was before its reader's eyes.
    await widget.tab.getByRole('button', { name: 'Open the chat' }).waitFor();
    await widget.tab.waitForTimeout(500);
    stub.push({ text: 'first' });
    stub.push({ text: 'second' });
    await widget.tab.getByRole('button', { name: 'Open the chat, 2 unread messages' }).waitFor();
    // Still so on the next page.
    await widget.tab.reload();
    await widget.tab.getByRole('button', { name: 'Open the chat, 2 unread messages' }).click();
    await widget.tab.getByRole('button', { name: 'Close the chat' }).first().waitFor();
    await widget.tab.waitForTimeout(800);
    assert.ok(stub.last.seen >= stub.last.messages.at(-1).seq);
  });
});

describe('safety', () => {
  const ATTACKS = [
    '<img src=x onerror="window.pwned=1">', '<script>window.pwned=1</script>', '"><svg onload=window.pwned=1>', 'javascript:window.pwned=1', '<a href="javascript:window.pwned=1">x</a>',
    'https://example.org/"onmouseover="window.pwned=1', 'http://user:pass@evil.example/', '{{constructor.constructor("window.pwned=1")()}}', '[1](javascript:window.pwned=1)', '\u202Egnp.exe',
  ];

  test('nothing that is received becomes markup', async context => {
    const [first] = ATTACKS;
    Object.assign(stub.configuration, { name: first, welcome_message: first, assistant_name: first, starters: [first], privacy_url: 'javascript:window.pwned=1', color: 'red;}*{display:none' });
    const widget = await visit(context);
    await widget.ready();
    await widget.tab.evaluate(() => window.InfluencerFlowWidget.open());
    widget.panel = await widget.frame();
    await widget.panel.getByRole('group', { name: 'Suggested questions' }).getByRole('button').click();
    for (const text of ATTACKS) {
      await widget.sent();
      await widget.write(text);
      stub.push({ text, author_name: text, citations: [{ number: 1, title: text, heading: text, quote: text, page: null, seconds: null, url: text }] });
      stub.push({ kind: 'maybe', text, suggestions: [{ title: text, excerpt: text, question: text }] });
      stub.push({ author: 'system', kind: 'notice', text });
      stub.push({ author: 'system', kind: 'satisfaction', text, satisfaction: { score: null } });
      stub.hand('human', text);
    }
    await widget.panel.locator('.message.mine').nth(ATTACKS.length).waitFor();
    await widget.tab.waitForTimeout(500);
    for (const frame of [widget.tab.mainFrame(), widget.panel]) {
      assert.equal(await frame.evaluate(() => window.pwned), undefined);
    }
    assert.equal(await widget.panel.locator('img, script:not([src]), svg[onload]').count(), 0);
    const addresses = await widget.panel.locator('a').evaluateAll(all => all.map(one => one.getAttribute('href')));
    assert.deepEqual(addresses.filter(address => address !== '#' && !address.startsWith('https://example.org/')), []);
    assert.deepEqual(widget.faults, []);
  });

  test('only the page and the iframe are listened to, and only from where they are', async context => {
    const token = jwt({ user_id: 'victim', exp: Math.floor(Date.now() / 1000) + HOUR });
    // A strange frame in the page, which talks to both.
    const strange = await website({
      '/': {
        body: `<!doctype html><script>
          const forged = [
            { to: 'influencerflow-widget', type: 'identify', identity: { jwt: ${JSON.stringify(token)} } }, { to: 'influencerflow-widget', type: 'logout' },
            { from: 'influencerflow-widget', type: 'close' }, { from: 'influencerflow-widget', type: 'unread', count: 99 }, { from: 'influencerflow-widget', type: 'visitor', token: 'wv_evil' },
          ];
          setInterval(() => { for (const message of forged) { parent.postMessage(message, '*'); for (let n = 0; n < parent.frames.length; n += 1) { parent.frames[n].postMessage(message, '*'); } } }, 50);
        </script>`,
      },
    });
    context.after(() => strange.stop());
    pages['/'] = { body: page({ base: stub.base, channel: stub.channel, body: `<iframe src="${strange.origin}/"></iframe>` }) };
    pages['/empty'] = { body: '<!doctype html><title>Empty</title>' };
    const widget = await visit(context);
    await widget.open();
    await widget.write('still me');
    await widget.sent();
    await widget.tab.waitForTimeout(600);
    assert.ok(await widget.tab.locator('.panel').isVisible());
    assert.equal(await widget.panel.locator('.message', { hasText: 'still me' }).count(), 1);
    assert.equal(stub.members.has('victim'), false);
    const kept = await widget.tab.evaluate(channel => localStorage.getItem(`influencerflow-widget:${channel}`), stub.channel);
    assert.ok(!kept.includes('evil'));

    // The page itself, when its message does not come from the origin it said.
    const lying = await widget.profile.newPage();
    await lying.goto(`${site.origin}/empty`);
    await lying.evaluate(([base, channel]) => {
      const frame = document.createElement('iframe');
      frame.src = `${base}/widget/${channel}#host=https%3A%2F%2Fother.example`;
      document.body.append(frame);
      setInterval(() => frame.contentWindow.postMessage({ to: 'influencerflow-widget', type: 'hello', token: 'wv_x' }, '*'), 50);
    }, [stub.base, stub.channel]);
    const before = stub.asked.filter(one => one.endsWith('/session')).length;
    await lying.waitForTimeout(800);
    assert.equal(stub.asked.filter(one => one.endsWith('/session')).length, before);
  });

  test('on a page that is not allowed there is no chat, and the console says what to do', async context => {
    stub.allowed = ['https://other.example'];
    const profile = await browser.newContext();
    context.after(() => profile.close());
    const tab = await profile.newPage();
    const told = tab.waitForEvent('console', message => message.text().includes('allowed_origins'));
    await tab.goto(site.origin);
    await told;
    assert.equal(await tab.locator('#influencerflow-widget').count(), 0);
    // And whoever builds the iframe by hand is stopped by frame-ancestors.
    await tab.evaluate(([base, channel]) => {
      const frame = document.createElement('iframe');
      frame.src = `${base}/widget/${channel}#host=${encodeURIComponent(location.origin)}`;
      document.body.append(frame);
    }, [stub.base, stub.channel]);
    await tab.waitForTimeout(500);
    assert.equal(stub.asked.filter(one => one.includes('panel.js')).length, 0);
    await stub.stop();
    await site.stop();
  });

  test('it works under a strict content security policy of the page, and says nothing of the visitor in addresses', async context => {
    const policy = `default-src 'none'; script-src ${stub.base}; connect-src ${stub.base}; frame-src ${stub.base}; style-src 'nonce-x'`;
    pages['/'] = { body: page({ base: stub.base, channel: stub.channel }).replace('<style>', '<style nonce="x">'), headers: { 'content-security-policy': policy } };
    const widget = await visit(context);
    await widget.open();
    await widget.write('strict');
    await widget.sent();
    assert.deepEqual(widget.faults.filter(fault => !fault.includes('favicon')), []);
    const [token] = stub.tokens.keys();
    assert.ok(!stub.asked.some(line => line.includes(token)));
  });

  test('the page cannot spoil it, and it does not spoil the page', async context => {
    const widget = await visit(context);
    await widget.ready();
    const before = await widget.tab.evaluate(() => document.body.innerHTML.replace(/<div id="influencerflow-widget".*?<\/div>/s, ''));
    await widget.open();
    const { width, height } = await widget.tab.locator('.button').boundingBox();
    assert.deepEqual([width, height], [60, 60]);
    assert.equal(await widget.tab.locator('.button').evaluate(one => getComputedStyle(one).backgroundColor), 'rgb(15, 118, 110)');
    const frame = await widget.tab.locator('iframe').boundingBox();
    assert.ok(frame.width === 400 && frame.height > 500);
    assert.equal(await widget.tab.locator('iframe').evaluate(one => getComputedStyle(one).opacity), '1');
    assert.equal(await widget.tab.evaluate(() => document.body.innerHTML.replace(/<div id="influencerflow-widget".*?<\/div>/s, '')), before);
    assert.deepEqual(await widget.tab.evaluate(() => Object.keys(window).filter(key => /influencer/i.test(key))), ['InfluencerFlowWidget']);
  });
});

describe('for everybody', () => {
  test('by keyboard alone: in, around, and back to where one was', async context => {
    stub.reply = () => answer;
    const widget = await visit(context);
    const { tab } = widget;
    await widget.ready();
    await tab.focus('#before');
    await tab.keyboard.press('Tab');
    const button = tab.getByRole('button', { name: 'Open the chat' });
    assert.equal(await button.evaluate(one => one.getRootNode().activeElement === one), true);
    assert.equal(await button.getAttribute('aria-expanded'), 'false');
    await tab.keyboard.press('Enter');
    widget.panel = await widget.frame();
    const { panel } = widget;
    await panel.waitForFunction(() => document.hasFocus() && document.activeElement === document.querySelector('#text'), null, { timeout: 10_000 });
    assert.equal(await tab.locator('.button').getAttribute('aria-expanded'), 'true');
    assert.equal(await tab.getByRole('dialog', { name: 'Chat: Ana Coaching' }).count(), 1);
    await tab.keyboard.type('How long?');
    await tab.keyboard.press('Shift+Enter');
    await tab.keyboard.type('Should I sleep');
    await tab.keyboard.press('Enter');
    await widget.sees('Sleep eight hours');
    assert.equal(stub.last.messages[0].text, 'How long?\nShould I sleep');
    // Backwards out of the line: the number and the source of the answer, the messages, and the button that closes.
    const passed = [];
    for (let step = 0; step < 12; step += 1) {
      await tab.keyboard.press('Shift+Tab');
      passed.push(await panel.evaluate(() => document.activeElement.id || document.activeElement.className || document.activeElement.localName));
      if (passed.at(-1) === 'close') {
        break;
      }
    }
    for (const one of ['card-head', 'ref', 'log', 'close']) {
      assert.ok(passed.includes(one), `${one} in ${passed}`);
    }
    await tab.keyboard.press('Escape');
    await tab.locator('.panel').waitFor({ state: 'hidden' });
    const back = tab.getByRole('button', { name: 'Open the chat' });
    assert.equal(await back.evaluate(one => one.getRootNode().activeElement === one), true);
    // Opened by the page's own button, the focus goes back to that.
    await tab.focus('#before');
    await tab.evaluate(() => window.InfluencerFlowWidget.open());
    await panel.waitForFunction(() => document.hasFocus() && document.activeElement === document.querySelector('#text'));
    await tab.keyboard.press('Escape');
    await tab.waitForFunction(() => document.activeElement === document.querySelector('#before'));
  });

  test('on a small screen it takes the whole of it, and keeps the focus', async context => {
    const widget = await visit(context, { settings: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true } });
    const panel = await widget.open();
    const box = await widget.tab.locator('.panel').boundingBox();
    assert.deepEqual([box.x, box.y, box.width, box.height], [0, 0, 390, 844]);
    assert.ok(await widget.tab.locator('.button').isHidden());
    assert.equal(await widget.tab.getByRole('dialog').getAttribute('aria-modal'), 'true');
    await panel.waitForFunction(() => document.activeElement === document.querySelector('#name'));
    const passed = new Set();
    for (let step = 0; step < 14; step += 1) {
      await widget.tab.keyboard.press('Tab');
      assert.equal(await panel.evaluate(() => document.hasFocus()), true);
      passed.add(await panel.evaluate(() => document.activeElement.id));
    }
    assert.ok(passed.has('text') && passed.has('close') && passed.has('person'), [...passed].join());
    // Enter is a new line there.
    await panel.fill('#text', 'a');
    await panel.press('#text', 'Enter');
    assert.equal(await panel.inputValue('#text'), 'a\n');
    assert.ok(await panel.evaluate(() => parseFloat(getComputedStyle(document.querySelector('#text')).fontSize)) >= 16);
    await panel.getByRole('button', { name: 'Close the chat' }).tap();
    await widget.tab.locator('.panel').waitFor({ state: 'hidden' });
    assert.ok(await widget.tab.locator('.button').isVisible());
  });

  /** A conversation with everything that there is in one. */
  async function everything(widget, spanish) {
    await widget.write(spanish ? '¿Cuánto debo dormir?' : 'How long should I sleep?');
    await widget.sent();
    stub.push(spanish
      ? { text: 'Duerme al menos ocho horas antes de un entrenamiento largo [1] y descansa un día por semana [2].', citations: [
        { number: 1, title: 'Manual del corredor', heading: 'Descanso', quote: 'Quien entrena duerme ocho horas o más, y antes de la tirada larga nueve.', page: 12, seconds: null, url: null },
        { number: 2, title: 'Semana tipo.mp4', heading: null, quote: 'El domingo no se corre: se pasea.', page: null, seconds: 754, url: 'https://example.org/video' }] }
      : { text: 'Sleep at least eight hours before a long session [1], and rest one day a week [2]. More at https://example.org/sleep.', citations: [
        { number: 1, title: 'Runner’s handbook', heading: 'Recovery', quote: 'Adults who train sleep eight hours or more, and nine before the long run. Naps count, but not after four in the afternoon, when they steal from the night.', page: 12, seconds: null, url: null },
        { number: 2, title: 'A week of mine.mp4', heading: null, quote: 'On Sundays we do not run, we walk.', page: null, seconds: 754, url: 'https://example.org/video' }] });
    stub.push(spanish
      ? { kind: 'maybe', text: 'No estoy seguro, pero puede que sea esto:', suggestions: [{ title: 'La primera semana', excerpt: 'Tres paseos de media hora.', question: '¿Y la segunda?' }] }
      : { kind: 'maybe', text: 'I am not sure, but this may be it:', suggestions: [{ title: 'The first week', excerpt: 'Three walks of half an hour, on days that are not next to each other.', question: 'And the second?' }, { title: 'Rest', excerpt: 'One day off is part of the plan.', question: null }] });
    stub.push({ author: 'system', kind: 'notice', text: spanish ? 'Ana se ha unido' : 'Ana has joined' });
    stub.hand('human', 'Ana');
    stub.push({ author: 'coach', author_name: 'Ana', text: spanish ? '¡Hola! Soy Ana, leo lo que escribiste.' : 'Hi, it is Ana. I read what you wrote.' });
    stub.push({ author: 'coach', author_name: 'Ana', text: '', deleted: true });
    stub.push({ author: 'system', kind: 'satisfaction', text: spanish ? '¿Qué tal te hemos ayudado?' : 'How was our help?', satisfaction: { score: 4 } });
    await widget.write('refuse this');
    await widget.panel.locator('.failed').waitFor();
    stub.send(stub.last, 'typing', { author: 'coach', on: true });
    await widget.panel.locator('#typing').waitFor();
  }

  const COLORS = ['#0f766e', '#ffe600', '#ffffff', '#000000', '#777777', '#007bff', '#ff0000'];
  for (const scheme of ['light', 'dark']) {
    for (const language of ['en', 'es']) {
      test(`axe finds nothing: ${scheme}, ${language}`, async context => {
        Object.assign(stub.configuration, { starters: ['How do I begin?', 'What do I eat?'], privacy_url: 'https://example.org/privacy' });
        pages['/'] = { body: page({ base: stub.base, channel: stub.channel, attributes: `data-language="${language}"`, lang: language }).replace('button { background: lime !important; font-size: 40px !important; }', '') };
        // The colours do not depend on the language.
        for (const color of language === 'en' ? COLORS : COLORS.slice(0, 1)) {
          stub.configuration.color = color;
          const widget = await visit(context, { settings: { colorScheme: scheme, reducedMotion: 'reduce' } });
          await widget.open();
          await widget.panel.locator('#starters').waitFor();
          if (color === COLORS[0]) {
            await widget.axe();
          }
          await everything(widget, language === 'es');
          assert.equal(await widget.panel.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches), scheme === 'dark');
          await widget.axe();
          await widget.profile.close();
        }
      });
    }
  }

  test('the language: the page’s, else the coach’s, else the browser’s', async context => {
    const says = async (attributes, configured, locale) => {
      pages['/'] = { body: page({ base: stub.base, channel: stub.channel, attributes }) };
      stub.configuration.language = configured;
      const widget = await visit(context, { settings: { locale } });
      const panel = await widget.open();
      const language = await panel.evaluate(() => document.documentElement.lang);
      const label = await widget.tab.locator('.button').getAttribute('aria-label');
      await widget.profile.close();
      assert.equal(label, language === 'es' ? 'Cerrar el chat' : 'Close the chat');
      return language;
    };
    assert.equal(await says('data-language="es"', 'en', 'en-GB'), 'es');
    assert.equal(await says('', 'es', 'en-GB'), 'es');
    assert.equal(await says('', null, 'es-MX'), 'es');
    assert.equal(await says('', null, 'fr-FR'), 'en');
  });

  test('text that is written from right to left stands so', async context => {
    const widget = await visit(context);
    await widget.open();
    await widget.write('שלום, מה שלומך?');
    await widget.sent();
    stub.push({ text: 'مرحبا، كيف يمكنني مساعدتك؟' });
    stub.push({ text: 'In English.' });
    await widget.sees('In English.');
    const directions = await widget.panel.locator('.text').evaluateAll(all => all.map(one => getComputedStyle(one).direction));
    assert.deepEqual(directions, ['ltr', 'rtl', 'rtl', 'ltr']);
  });

  test('whoever wants nothing to move sees nothing move', async context => {
    const widget = await visit(context, { settings: { reducedMotion: 'reduce' } });
    await widget.open();
    await widget.write('calm');
    await widget.sent();
    stub.send(stub.last, 'typing', { author: 'bot', on: true });
    await widget.panel.locator('#typing').waitFor();
    for (const frame of [widget.tab.mainFrame(), widget.panel]) {
      assert.equal(await frame.evaluate(() => document.getAnimations().length), 0);
    }
  });

  test('it weighs less than 40 KB', async context => {
    const widget = await visit(context);
    await widget.open();
    const names = [...new Set(stub.asked.filter(line => /^GET \/widget(\.js|\/)/.test(line)).map(line => line.slice(4)))];
    let total = 0;
    for (const name of names) {
      total += gzipSync(Buffer.from(await (await fetch(stub.base + name)).arrayBuffer())).length;
    }
    assert.ok(names.length > 8 && total < 40_000, `${total} bytes in ${names.length} files`);
    context.diagnostic(`${total} bytes, compressed, in ${names.length} files`);
  });
});
