// The page that embeds the iframe. It is listened to only if it is our parent and of the origin that it said it was; who may
// be our parent at all the server has decided by frame-ancestors.

const MARK = 'influencerflow-widget';

export class Host {
  constructor(hear) {
    this.embedded = window.parent !== window;
    this.origin = originOf(new URLSearchParams(location.hash.slice(1)).get('host'));
    if (!this.embedded || !this.origin) {
      return;
    }
    window.addEventListener('message', event => {
      const message = event.data;
      if (event.source !== window.parent || event.origin !== this.origin || !message || message.to !== MARK || typeof message.type !== 'string') {
        return;
      }
      hear(message);
    });
  }

  tell(message) {
    if (this.embedded && this.origin) {
      window.parent.postMessage({ ...message, from: MARK }, this.origin);
    }
  }
}

function originOf(text) {
  try {
    const { origin } = new URL(text);
    return origin === text ? origin : null;
  } catch {
    return null;
  }
}
