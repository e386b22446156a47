/*
 * The chat on somebody's page: a button and an iframe of the server's own origin.
 *
 *     <script src="https://SERVER/widget.js" data-channel="CHANNEL" async></script>
 *
 * Nothing of the page is touched: what is added lives in one element with a closed shadow root, whose styles are made by
 * script, so that neither the page's styles nor its content security policy stand in the way.
 */
(() => {
  'use strict';

  const script = document.currentScript || document.querySelector('script[data-channel][src*="widget.js"]');
  const given = Object.assign({}, window.InfluencerFlowWidgetSettings, script && script.dataset);
  const channel = given.channel;
  if (!script || !/^[0-9a-f-]{36}$/i.test(channel || '')) {
    console.error('The chat needs data-channel="…", the id of a web channel, on its script tag.');
    return;
  }
  if (window.InfluencerFlowWidget) {
    return;
  }

  const base = new URL('.', script.src);
  const MARK = 'influencerflow-widget';
  const STORED = `${MARK}:${channel}`;
  // Narrower or lower than this the panel takes the whole screen.
  const small = matchMedia('(max-width: 480px), (max-height: 460px)');

  const WORDS = {
    en: { open: 'Open the chat', close: 'Close the chat', dialog: 'Chat', unread: n => (n === 1 ? '1 unread message' : `${n} unread messages`) },
    es: { open: 'Abrir el chat', close: 'Cerrar el chat', dialog: 'Chat', unread: n => (n === 1 ? '1 mensaje sin leer' : `${n} mensajes sin leer`) },
  };

  const listeners = new Map();
  let language = 'en';
  let title = '';
  let identity = firstIdentity();
  let open = false;
  let unread = 0;
  let ready = false;
  let ui = null;
  let frame = null;
  // What is said to the iframe before it listens.
  let waiting = [];
  let opener = null;

  function firstIdentity() {
    if (given.identity && typeof given.identity === 'object') {
      return given.identity;
    }
    if (given.identityJwt) {
      return { jwt: given.identityJwt };
    }
    return given.externalId ? { external_id: given.externalId, user_hash: given.userHash } : null;
  }

  // The page may have forbidden storage: then a visitor is a new one each time.
  function remembered() {
    try {
      return JSON.parse(localStorage.getItem(STORED)) || {};
    } catch {
      return {};
    }
  }

  function remember(what) {
    try {
      localStorage.setItem(STORED, JSON.stringify(what));
    } catch {
      // As above.
    }
  }

  function emit(name, detail) {
    for (const listener of listeners.get(name) || []) {
      try {
        listener(detail);
      } catch (error) {
        console.error(error);
      }
    }
  }

  // --- colours: the coach's own, with black or white on it, whichever is read better (one of both always has 4.5:1) ---

  function luminance(hex) {
    const [r, g, b] = [1, 3, 5].map(at => {
      const value = parseInt(hex.slice(at, at + 2), 16) / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  }

  const onColor = hex => (1.05 / (luminance(hex) + 0.05) >= 4.5 ? '#fff' : '#000');

  // --- what is put on the page ---

  const STYLE = `
    :host { all: initial; --night: 0 0 0 1px rgba(255,255,255,.14), 0 24px 64px rgba(0,0,0,.6); }
    * { box-sizing: border-box; }
    .button {
      all: unset; box-sizing: border-box; position: fixed; bottom: max(20px, env(safe-area-inset-bottom)); inset-inline-end: 20px; z-index: 2147483000;
      width: 60px; height: 60px; border-radius: 50%; display: grid; place-items: center; cursor: pointer; background: var(--color); color: var(--on);
      box-shadow: 0 0 0 1px rgba(255,255,255,.28), 0 2px 6px rgba(15,23,42,.18), 0 10px 28px rgba(15,23,42,.26); transition: transform .18s ease, box-shadow .18s ease;
      -webkit-tap-highlight-color: transparent;
    }
    .button:hover { transform: translateY(-2px); }
    .button:active { transform: scale(.95); }
    .button:focus-visible { outline: 3px solid #fff; outline-offset: -6px; box-shadow: 0 0 0 3px #111827, 0 10px 28px rgba(15,23,42,.3); }
    .left .button { inset-inline: 20px auto; }
    .button svg { grid-area: 1 / 1; width: 30px; height: 30px; transition: opacity .16s ease, transform .2s ease; pointer-events: none; }
    .button .cross { opacity: 0; transform: rotate(-45deg) scale(.6); }
    .open .button .bubble { opacity: 0; transform: rotate(45deg) scale(.6); }
    .open .button .cross { opacity: 1; transform: none; }
    .badge {
      position: absolute; top: -3px; inset-inline-end: -3px; min-width: 22px; height: 22px; padding: 0 6px; border-radius: 11px; background: #b91c1c; color: #fff;
      font: 600 12px/22px system-ui, sans-serif; text-align: center; box-shadow: 0 0 0 2px #fff;
    }
    .badge[hidden], .panel[hidden] { display: none; }
    .panel {
      position: fixed; z-index: 2147483001; bottom: calc(92px + env(safe-area-inset-bottom)); inset-inline-end: 20px; width: min(400px, calc(100vw - 40px));
      height: min(680px, calc(100vh - 116px)); border-radius: 20px; overflow: hidden; background: #fff; transform-origin: bottom right;
      box-shadow: 0 0 0 1px rgba(15,23,42,.08), 0 8px 24px rgba(15,23,42,.14), 0 24px 64px rgba(15,23,42,.24); animation: in .22s cubic-bezier(.2,.9,.3,1.1);
    }
    .left .panel { inset-inline: 20px auto; transform-origin: bottom left; }
    .dark .panel { background: #14161b; box-shadow: var(--night); }
    iframe { all: unset; display: block; width: 100%; height: 100%; border: 0; }
    @keyframes in { from { opacity: 0; transform: translateY(14px) scale(.97); } }
    @media (prefers-color-scheme: dark) { .auto .panel { background: #14161b; box-shadow: var(--night); } }
    @media (max-width: 480px), (max-height: 460px) {
      .panel { inset: 0; width: 100%; height: 100vh; height: 100dvh; border-radius: 0; box-shadow: none !important; }
      .left .panel { inset: 0; }
      .open .button { display: none; }
    }
    @media (prefers-reduced-motion: reduce) { .button, .button svg { transition: none; } .panel { animation: none; } }
    @media (forced-colors: active) { .button { border: 2px solid ButtonText; } .panel { border: 1px solid CanvasText; } }
    @media print { .button, .panel { display: none; } }`;

  function svg(name, path) {
    const image = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    const line = document.createElementNS('http://www.w3.org/2000/svg', 'path');
    for (const [key, value] of Object.entries({ viewBox: '0 0 24 24', class: name, fill: 'none', stroke: 'currentColor', 'aria-hidden': 'true' })) {
      image.setAttribute(key, value);
    }
    for (const [key, value] of Object.entries({ d: path, 'stroke-width': '1.9', 'stroke-linecap': 'round', 'stroke-linejoin': 'round' })) {
      line.setAttribute(key, value);
    }
    image.append(line);
    return image;
  }

  function build(configuration) {
    const color = /^#[0-9a-f]{6}$/i.test(configuration.color) ? configuration.color : '#2563eb';
    const position = given.position || configuration.position;
    const theme = ['light', 'dark'].includes(given.theme) ? given.theme : 'auto';
    title = configuration.name;

    const host = document.createElement('div');
    host.id = MARK;
    const root = host.attachShadow({ mode: 'closed' });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];

    const box = document.createElement('div');
    box.className = `${theme}${position === 'left' ? ' left' : ''}`;
    box.lang = language;
    box.style.setProperty('--color', color);
    box.style.setProperty('--on', onColor(color));

    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'button';
    button.setAttribute('aria-expanded', 'false');
    button.setAttribute('aria-haspopup', 'dialog');
    button.setAttribute('aria-controls', 'panel');
    button.append(
      svg('bubble', 'M21 11.6c0 4.2-4 7.6-9 7.6-1.2 0-2.4-.2-3.5-.6L4 20.4l1.3-3.7C3.9 15.3 3 13.5 3 11.6 3 7.4 7 4 12 4s9 3.4 9 7.6ZM8.5 11.6h.01M12 11.6h.01M15.5 11.6h.01'),
      svg('cross', 'M6 9.5l6 6 6-6'),
    );
    const badge = document.createElement('span');
    badge.className = 'badge';
    badge.hidden = true;
    badge.setAttribute('aria-hidden', 'true');
    button.append(badge);
    button.addEventListener('click', () => (open ? close() : show()));

    const panel = document.createElement('div');
    panel.className = 'panel';
    panel.id = 'panel';
    panel.hidden = true;
    panel.setAttribute('role', 'dialog');
    panel.setAttribute('aria-label', `${WORDS[language].dialog}: ${title}`);
    panel.addEventListener('keydown', escape);
    button.addEventListener('keydown', escape);

    box.append(button, panel);
    root.append(box);
    document.body.append(host);
    ui = { host, root, box, button, badge, panel, theme };
    label();
    // Whoever is awaited (or has written before) is told of new messages while the panel is closed.
    if (identity || remembered().token || remembered().queue) {
      (window.requestIdleCallback || setTimeout)(load, { timeout: 3000 });
    }
    for (const event of ['pointerenter', 'focus']) {
      button.addEventListener(event, load, { once: true });
    }
  }

  function escape(event) {
    if (event.key === 'Escape' && open) {
      event.stopPropagation();
      close();
    }
  }

  function label() {
    const words = WORDS[language];
    const name = open ? words.close : words.open;
    ui.button.setAttribute('aria-label', unread && !open ? `${name}, ${words.unread(unread)}` : name);
    ui.button.setAttribute('aria-expanded', String(open));
    ui.badge.hidden = open || !unread;
    ui.badge.textContent = unread > 99 ? '99+' : String(unread);
    ui.box.classList.toggle('open', open);
  }

  function load() {
    if (frame) {
      return;
    }
    frame = document.createElement('iframe');
    frame.title = `${WORDS[language].dialog}: ${title}`;
    frame.setAttribute('sandbox', 'allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox');
    frame.referrerPolicy = 'no-referrer';
    frame.style.colorScheme = ui.theme === 'auto' ? 'light dark' : ui.theme;
    // By the fragment the iframe knows whom to listen to; the server has already said, by frame-ancestors, who may embed it.
    frame.src = `${new URL(`widget/${channel}`, base)}#${new URLSearchParams({ host: location.origin })}`;
    ui.panel.append(frame);
  }

  function tell(message) {
    if (ready) {
      frame.contentWindow.postMessage({ ...message, to: MARK }, base.origin);
    } else {
      waiting.push(message);
    }
  }

  // The element alone is not enough while the frame's page is on its way: the keys would go on going to the page around it.
  function focusFrame() {
    frame.focus();
    frame.contentWindow.focus();
  }

  function show() {
    if (open || !ui) {
      return;
    }
    load();
    open = true;
    opener = document.activeElement === ui.host ? null : document.activeElement;
    ui.panel.hidden = false;
    fit();
    label();
    focusFrame();
    tell({ type: 'open' });
    emit('open');
  }

  function close() {
    if (!open || !ui) {
      return;
    }
    open = false;
    ui.panel.hidden = true;
    label();
    // Back to where it was opened from: the page's own button, or ours.
    const back = opener && opener.isConnected && opener !== document.body ? opener : ui.button;
    back.focus({ preventScroll: true });
    opener = null;
    tell({ type: 'close' });
    emit('close');
  }

  // On a small screen the keyboard must not cover the line that is written in.
  function fit() {
    if (!ui) {
      return;
    }
    const view = window.visualViewport;
    const whole = small.matches && open;
    ui.panel.style.height = whole && view ? `${view.height}px` : '';
    ui.panel.style.top = whole && view ? `${view.offsetTop}px` : '';
    if (whole) {
      ui.panel.setAttribute('aria-modal', 'true');
    } else {
      ui.panel.removeAttribute('aria-modal');
    }
    if (ready) {
      tell({ type: 'shape', whole });
    }
  }

  window.addEventListener('message', event => {
    // Only our iframe, and only while it shows our origin.
    if (!frame || event.source !== frame.contentWindow || event.origin !== base.origin) {
      return;
    }
    const message = event.data;
    if (!message || message.from !== MARK) {
      return;
    }
    if (message.type === 'ready') {
      ready = true;
      if (open) {
        focusFrame();
      }
      tell({
        type: 'hello', kept: remembered(), identity, language: given.language || null, theme: ui.theme,
        page: location.origin + location.pathname, whole: small.matches && open,
      });
      const late = waiting;
      waiting = [];
      late.forEach(tell);
    } else if (message.type === 'close') {
      close();
    } else if (message.type === 'unread' && Number.isInteger(message.count)) {
      unread = Math.max(0, message.count);
      label();
      emit('unread', unread);
    } else if (message.type === 'keep') {
      // Where a browser keeps iframes from storage, or forgets it when it is closed, the page has its own.
      const { token, queue } = message;
      remember({ token: typeof token === 'string' ? token : undefined, queue: Array.isArray(queue) && queue.length ? queue.slice(0, 100) : undefined });
    } else if (message.type === 'identity') {
      emit('identity', { accepted: message.accepted === true, reason: String(message.reason || '') });
      if (message.accepted !== true) {
        console.warn(`The chat did not take the identity: ${message.reason}`);
      }
    } else if (message.type === 'message') {
      emit('message', { author: String(message.author) });
    }
  });

  window.InfluencerFlowWidget = Object.freeze({
    open: show,
    close,
    toggle: () => (open ? close() : show()),
    /** Who is logged in on the page: `{ jwt }` or `{ external_id, user_hash }`, made by the page's server. */
    identify(who) {
      identity = who || null;
      if (ui && !frame) {
        load();
      } else if (ready) {
        tell({ type: 'identify', identity });
      }
    },
    /** Whoever was logged in has gone: the next one sees nothing of theirs. */
    logout() {
      identity = null;
      remember({});
      unread = 0;
      if (ui) {
        label();
      }
      if (frame) {
        tell({ type: 'logout' });
      }
    },
    on(name, listener) {
      listeners.set(name, [...(listeners.get(name) || []), listener]);
    },
  });

  async function start() {
    const address = new URL(`api/v1/widget/${channel}/configuration`, base);
    let configuration;
    try {
      const answer = await fetch(address, { credentials: 'omit' });
      if (!answer.ok) {
        // Without the header of an allowed origin the answer cannot be read at all, and the catch below says so.
        throw new Error(`the server answered ${answer.status}`);
      }
      configuration = await answer.json();
    } catch (error) {
      console.warn(`The chat is not shown (${error.message}). Is ${location.origin} among allowed_origins of channel ${channel}, and is the channel active?`);
      return;
    }
    const wanted = given.language || configuration.language || navigator.language || 'en';
    language = wanted.toLowerCase().startsWith('es') ? 'es' : 'en';
    build(configuration);
    small.addEventListener('change', fit);
    if (window.visualViewport) {
      visualViewport.addEventListener('resize', fit);
      visualViewport.addEventListener('scroll', fit);
    }
    window.dispatchEvent(new CustomEvent('influencerflow:ready'));
    emit('ready');
    if (given.open === 'true' || given.open === true) {
      show();
    }
  }

  if (document.body) {
    start();
  } else {
    document.addEventListener('DOMContentLoaded', start, { once: true });
  }
})();
