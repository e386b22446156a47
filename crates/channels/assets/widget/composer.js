// The line that is written in.

const HINT_FROM = 200;

export class Composer {
  constructor(elements, channel, send) {
    this.form = elements.form;
    this.text = elements.text;
    this.button = elements.send;
    this.hint = elements.hint;
    this.most = 4096;
    this.key = `chat:${channel}:draft`;
    this.send = send;
    this.blocked = false;
    this.text.addEventListener('input', () => this.changed());
    this.text.addEventListener('keydown', event => {
      // On a touch screen Enter is a new line, as everywhere there; while letters are composed it is the composer's.
      if (event.key === 'Enter' && !event.shiftKey && !event.isComposing && event.keyCode !== 229 && !matchMedia('(hover: none) and (pointer: coarse)').matches) {
        event.preventDefault();
        this.submit();
      }
    });
    this.form.addEventListener('submit', event => {
      event.preventDefault();
      this.submit();
    });
    try {
      // From one page of the website to the next.
      this.text.value = sessionStorage.getItem(this.key) || '';
    } catch {
      // Without storage a draft is lost with its page.
    }
  }

  dress(words, most) {
    this.words = words;
    this.most = most;
    this.text.placeholder = words.placeholder;
    this.button.setAttribute('aria-label', words.send);
    this.changed();
  }

  block(blocked) {
    this.blocked = blocked;
    this.text.disabled = blocked;
    this.changed();
  }

  get length() {
    return Array.from(this.text.value.trim()).length;
  }

  changed() {
    this.text.style.height = 'auto';
    this.text.style.height = `${Math.min(this.text.scrollHeight, 140)}px`;
    const left = this.most - this.length;
    const fits = left >= 0;
    this.button.disabled = this.blocked || !this.text.value.trim() || !fits;
    this.text.setAttribute('aria-invalid', String(!fits));
    this.form.classList.toggle('long', !fits);
    clearTimeout(this.telling);
    if (left >= HINT_FROM || !this.words) {
      this.hint.hidden = true;
    } else {
      // Not with every letter: it is read out.
      this.telling = setTimeout(() => {
        this.hint.textContent = fits ? this.words.left(left) : this.words.long(-left);
        this.hint.hidden = false;
      }, 300);
    }
    try {
      sessionStorage.setItem(this.key, this.text.value);
    } catch {
      // As above.
    }
  }

  submit() {
    const text = this.text.value.trim();
    if (this.button.disabled || !text) {
      return;
    }
    this.clear();
    this.text.focus();
    this.send(text);
  }

  clear() {
    this.text.value = '';
    this.changed();
  }
}
