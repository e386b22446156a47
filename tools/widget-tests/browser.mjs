// A browser, and what the tests do with the widget in it.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(process.env.WIDGET_PACKAGES || import.meta.url);
const { chromium } = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const HOW = { executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: ['--no-sandbox', '--disable-dev-shm-usage'] };

// A machine that does much else at the same time is slow, and not wrong.
const PATIENCE = 60_000;

export const launch = () => chromium.launch(HOW);

/** An ordinary window, whose profile is forgotten when it is closed. */
// What grows or fades in has another size or contrast for a moment: whoever measures it wants nothing to move.
export const CALM = { locale: 'en-GB', reducedMotion: 'reduce' };
export const launchStored = settings => chromium.launchPersistentContext('', { ...HOW, ...settings });

/** The page of somebody's website, with styles that would spoil a widget that were not shielded from them. */
export function page({ base, channel, attributes = '', body = '', head = '', lang = 'en' }) {
  return `<!doctype html><html lang="${lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Shop</title>
<style>* { font-family: "Comic Sans MS", serif; } button { background: lime !important; font-size: 40px !important; } div { border: 3px dashed red; } iframe { opacity: .2; width: 10px; }
body { margin: 24px; border: 0 }</style>${head}
<script src="${base}/widget.js" data-channel="${channel}" ${attributes} async></script></head>
<body><main><h1>My shop</h1><p>Good day.</p><a href="#top" id="before">A link</a>${body}</main></body></html>`;
}

/** Closed shadow roots are opened for the tests, so that axe and the locators look into them. */
export const seeThrough = () => {
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (how) {
    return attach.call(this, { ...how, mode: 'open' });
  };
};

/** The widget on an opened page. */
export class Widget {
  constructor(tab, base) {
    this.tab = tab;
    this.base = base;
    this.faults = [];
    tab.setDefaultTimeout(PATIENCE);
    tab.on('pageerror', error => this.faults.push(String(error)));
    tab.on('console', message => {
      const text = message.text();
      // What the network did is what some of the tests are about.
      if (message.type() === 'error' && !/Failed to load resource|ERR_|net::/.test(text)) {
        this.faults.push(text);
      }
    });
  }

  async frame() {
    const deadline = Date.now() + PATIENCE;
    while (Date.now() < deadline) {
      const frame = this.tab.frames().find(one => one.url().startsWith(`${this.base}/widget/`));
      if (frame) {
        await frame.waitForLoadState();
        return frame;
      }
      await this.tab.waitForTimeout(30);
    }
    throw new Error('the iframe did not come');
  }

  ready() {
    return this.tab.waitForFunction(() => Boolean(window.InfluencerFlowWidget && document.querySelector('#influencerflow-widget')), null, { timeout: PATIENCE });
  }

  async open() {
    await this.ready();
    await this.tab.evaluate(() => window.InfluencerFlowWidget.open());
    this.panel = await this.frame();
    await this.panel.waitForFunction(() => document.querySelector('#name').textContent !== 'Chat');
    return this.panel;
  }

  async write(text) {
    await this.panel.fill('#text', text);
    await this.panel.click('#send');
  }

  /** Waits until somebody's message with this text is there. */
  sees(text, kind = '.message') {
    return this.panel.locator(kind, { hasText: text }).last().waitFor({ timeout: PATIENCE });
  }

  /** Waits until all that was written has arrived. */
  async sent() {
    await this.panel.locator('p.foot.mine', { hasText: /· (Sent|Seen|Enviado|Visto)/ }).waitFor({ timeout: PATIENCE });
    await this.panel.waitForFunction(() => !Array.from(document.querySelectorAll('.foot')).some(one => /Sending|Waits for|Enviando|En espera de/.test(one.textContent)), null, { timeout: PATIENCE });
  }

  /** What axe finds at fault, in the page as well as in the iframe. */
  async axe() {
    const found = [];
    for (const frame of [this.tab.mainFrame(), this.panel]) {
      // What fades in has less contrast for a moment; what never ends is no reason to wait.
      await frame.waitForFunction(() => document.getAnimations().every(one =>
        one.playState !== 'running' || one.effect.getComputedTiming().endTime === Infinity), null, { timeout: PATIENCE });
      // By the browser's own debugging, which no content security policy is asked about.
      const result = await frame.evaluate(`(() => { ${axe}; return axe.run(document, { iframes: false, resultTypes: ['violations', 'incomplete'] }); })()`);
      for (const violation of result.violations) {
        found.push(`${violation.id}: ${violation.help} – ${violation.nodes.map(node => node.target.join(' ')).join(', ')}`);
      }
    }
    assert.deepEqual(found, []);
  }
}
