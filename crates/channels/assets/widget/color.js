// The coach's colour, and what can be read on it and beside it (WCAG 2: at least 4.5:1 for text).

const READABLE = 4.5;

function parse(hex) {
  return [1, 3, 5].map(at => parseInt(hex.slice(at, at + 2), 16));
}

function write(rgb) {
  return `#${rgb.map(value => Math.round(value).toString(16).padStart(2, '0')).join('')}`;
}

function luminance(rgb) {
  const [r, g, b] = rgb.map(value => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** The contrast of two colours (`#rrggbb`), 1 to 21. */
export function contrast(one, other) {
  const [light, dark] = [luminance(parse(one)), luminance(parse(other))].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

/** White where it can be read on this colour, else black: one of them always can. */
export function on(color) {
  return contrast('#ffffff', color) >= READABLE ? '#ffffff' : '#000000';
}

/** This colour as text on that ground: moved towards black or white no further than it must be. */
export function readable(color, ground) {
  const from = parse(color);
  const towards = luminance(parse(ground)) > 0.18 ? [0, 0, 0] : [255, 255, 255];
  for (let step = 0; step <= 20; step += 1) {
    const mixed = write(from.map((value, at) => value + ((towards[at] - value) * step) / 20));
    if (contrast(mixed, ground) >= READABLE) {
      return mixed;
    }
  }
  return write(towards);
}

export const isColor = text => /^#[0-9a-f]{6}$/i.test(text || '');
