//! From bytes to letters: what the bytes say themselves, UTF-8 where it is that, a guess otherwise.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, MACINTOSH, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::draft::Draft;

/// What some bytes say, and what they were taken to be in.
pub(crate) struct Decoded<'b> {
    pub(crate) text: Cow<'b, str>,
    /// `None`: it is UTF-8, and says so or can be nothing else.
    pub(crate) encoding: Option<&'static str>,
    /// Was it guessed?
    guessed: bool,
    /// Are there bytes that mean nothing in it?
    damaged: bool,
}

impl Decoded<'_> {
    /// Tells the coach what was guessed.
    pub(crate) fn tell(&self, draft: &mut Draft<'_>) {
        let Some(encoding) = self.encoding else { return };
        draft.encoding(encoding);
        if self.guessed {
            draft.note(format!(
                "The file does not say how its letters are encoded; it was taken to be {encoding}. If letters look wrong, save it as UTF-8 and upload it again."
            ));
        }
        if self.damaged {
            draft.note("Some letters of the file could not be read and stand as \u{fffd}.");
        }
    }
}

/// Reads bytes as text. `declared` is what the file says in its own way (the `charset` of a page), which a byte order mark and valid UTF-8
/// overrule.
pub(crate) fn decode<'b>(bytes: &'b [u8], declared: Option<&str>) -> Decoded<'b> {
    if let Some(text) = utf_32(bytes) {
        return Decoded { text: Cow::Owned(text), encoding: Some("UTF-32"), guessed: false, damaged: false };
    }
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        let (text, damaged) = encoding.decode_with_bom_removal(bytes);
        let told = (encoding != UTF_8 || damaged).then(|| encoding.name());
        return Decoded { text, encoding: told, guessed: false, damaged };
    }
    if let Some(encoding) = unmarked_utf_16(bytes) {
        let (text, damaged) = encoding.decode_without_bom_handling(bytes);
        return Decoded { text, encoding: Some(encoding.name()), guessed: true, damaged };
    }
    // Escapes are bytes of ASCII, so what is ISO-2022-JP would pass for UTF-8.
    if !bytes.contains(&0x1b)
        && let Ok(text) = std::str::from_utf8(bytes)
    {
        return Decoded { text: Cow::Borrowed(text), encoding: None, guessed: false, damaged: false };
    }
    if mostly_utf_8(bytes) {
        let text = String::from_utf8_lossy(bytes);
        let damaged = matches!(text, Cow::Owned(_));
        return Decoded { text, encoding: damaged.then_some("UTF-8"), guessed: false, damaged };
    }
    if let Some(encoding) = declared.and_then(|label| Encoding::for_label(label.as_bytes())).filter(|one| *one != UTF_8)
    {
        let (text, damaged) = encoding.decode_without_bom_handling(bytes);
        return Decoded { text, encoding: Some(encoding.name()), guessed: false, damaged };
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(bytes, true);
    let mut encoding = detector.guess(None, Utf8Detection::Deny);
    if encoding.is_single_byte() {
        match older(bytes) {
            Some(Older::Dos(text)) => {
                return Decoded { text: Cow::Owned(text), encoding: Some("IBM850"), guessed: true, damaged: false };
            }
            Some(Older::Macintosh) => encoding = MACINTOSH,
            None => {}
        }
    }
    let (text, damaged) = encoding.decode_without_bom_handling(bytes);
    Decoded { text, encoding: Some(encoding.name()), guessed: true, damaged }
}

/// UTF-32 with its mark, which begins as that of UTF-16 does.
fn utf_32(bytes: &[u8]) -> Option<String> {
    let (rest, little) = match bytes {
        [0xff, 0xfe, 0, 0, rest @ ..] => (rest, true),
        [0, 0, 0xfe, 0xff, rest @ ..] => (rest, false),
        _ => return None,
    };
    let letter = |four: &[u8; 4]| {
        let number = if little { u32::from_le_bytes(*four) } else { u32::from_be_bytes(*four) };
        char::from_u32(number)
    };
    rest.as_chunks::<4>().0.iter().map(letter).collect()
}

/// UTF-16 without a mark: half of its bytes are zero in any European language.
fn unmarked_utf_16(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = &bytes[..bytes.len().min(4096) & !1];
    let count = |odd: usize| sample.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (count(0), count(1));
    let many = sample.len() / 5;
    if sample.len() < 4 {
        None
    } else if odd > many && even * 20 < odd {
        Some(UTF_16LE)
    } else if even > many && odd * 20 < even {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// Is this UTF-8 with a few bytes gone wrong? (Twenty good sequences for a bad one; by chance bytes of another encoding make few.)
fn mostly_utf_8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().chars().filter(|letter| !letter.is_ascii()).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    good > bad * 20
}

/// The upper half of the code page of DOS in Western Europe (IBM 850), which `encoding_rs` has not, as browsers have not.
const DOS: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{ad}±‗¾¶§÷¸°¨·¹³²■\u{a0}";

/// What no browser looks for.
enum Older {
    Dos(String),
    Macintosh,
}

/// Is this in the encoding of DOS or of old Macintoshes? It is if its letters stand where letters do in that, and not in that of Windows.
fn older(bytes: &[u8]) -> Option<Older> {
    let table: Vec<char> = DOS.chars().collect();
    let dos = |byte: u8| table.get(usize::from(byte).wrapping_sub(128)).copied().unwrap_or(char::from(byte));
    let share = [
        letters_within_words(bytes, |byte| single(WINDOWS_1252, byte)),
        letters_within_words(bytes, dos),
        letters_within_words(bytes, |byte| single(MACINTOSH, byte)),
    ];
    let [windows, as_dos, as_macintosh] = share;
    if as_dos.max(as_macintosh) < 0.95 || windows >= as_dos.max(as_macintosh) || windows > 0.8 {
        None
    } else if as_dos > as_macintosh {
        Some(Older::Dos(bytes.iter().map(|byte| dos(*byte)).collect()))
    } else {
        Some(Older::Macintosh)
    }
}

fn single(encoding: &'static Encoding, byte: u8) -> char {
    encoding.decode_without_bom_handling(&[byte]).0.chars().next().unwrap_or('\u{fffd}')
}

/// Which part of the bytes above ASCII that stand within words are small letters of Western Europe, if they are in this encoding.
fn letters_within_words(bytes: &[u8], letter: impl Fn(u8) -> char) -> f64 {
    let table: Vec<bool> = (0..=u8::MAX).map(|byte| matches!(letter(byte), '\u{df}'..='\u{ff}' | 'œ')).collect();
    let within = bytes.windows(3).filter(|three| {
        let [before, it, after] = three else { return false };
        // A sign may follow a word; within one it is a letter.
        !it.is_ascii() && before.is_ascii_lowercase() && after.is_ascii_lowercase()
    });
    let (letters, all) = within.fold((0.0, 0.0), |(letters, all), three| {
        (letters + f64::from(u8::from(table[usize::from(three[1])])), all + 1.0)
    });
    if all < 2.0 { 0.0 } else { letters / all }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPANISH: &str = "El corazón de la niña está aquí: señal, acción, años y más cosas según el día.";

    fn told(bytes: &[u8]) -> (String, Option<&'static str>) {
        let decoded = decode(bytes, None);
        (decoded.text.into_owned(), decoded.encoding)
    }

    #[test]
    fn usual_encodings_are_told_from_each_other() {
        assert_eq!(told(SPANISH.as_bytes()), (SPANISH.to_owned(), None));
        assert_eq!(told(&WINDOWS_1252.encode(SPANISH).0), (SPANISH.to_owned(), Some("windows-1252")));
        let russian = "Привет, это обычный текст о тренировках и питании.";
        assert_eq!(told(&encoding_rs::WINDOWS_1251.encode(russian).0), (russian.to_owned(), Some("windows-1251")));
        let japanese = "これは普通の日本語の文章です。よろしくお願いします。";
        assert_eq!(told(&encoding_rs::SHIFT_JIS.encode(japanese).0), (japanese.to_owned(), Some("Shift_JIS")));
        assert_eq!(told(&encoding_rs::ISO_2022_JP.encode(japanese).0), (japanese.to_owned(), Some("ISO-2022-JP")));
    }

    #[test]
    fn marks_and_zeros_tell_wide_letters() {
        let little: Vec<u8> = SPANISH.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = SPANISH.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(told(&little), (SPANISH.to_owned(), Some("UTF-16LE")));
        assert_eq!(told(&big), (SPANISH.to_owned(), Some("UTF-16BE")));
        assert_eq!(told(&[&[0xff, 0xfe], little.as_slice()].concat()), (SPANISH.to_owned(), Some("UTF-16LE")));
        let wide: Vec<u8> = SPANISH.chars().flat_map(|letter| u32::from(letter).to_le_bytes()).collect();
        assert_eq!(told(&[&[0xff, 0xfe, 0, 0], wide.as_slice()].concat()), (SPANISH.to_owned(), Some("UTF-32")));
        assert_eq!(told(&[b"\xef\xbb\xbf", SPANISH.as_bytes()].concat()), (SPANISH.to_owned(), None));
    }

    #[test]
    fn older_encodings_are_told_by_where_letters_stand() {
        let dos: Vec<char> = DOS.chars().collect();
        assert_eq!(dos.len(), 128);
        let bytes: Vec<u8> = SPANISH
            .chars()
            .map(|letter| dos.iter().position(|one| *one == letter).map_or(letter as u8, |at| at as u8 + 128))
            .collect();
        assert_eq!(told(&bytes), (SPANISH.to_owned(), Some("IBM850")));
        assert_eq!(told(&MACINTOSH.encode(SPANISH).0), (SPANISH.to_owned(), Some("macintosh")));
    }

    #[test]
    fn a_broken_letter_does_not_make_another_encoding() {
        let mut bytes = SPANISH.repeat(10).into_bytes();
        bytes.truncate(bytes.len() - 1);
        bytes.extend_from_slice(b"\xc3 fin");
        let decoded = decode(&bytes, None);
        assert!(decoded.text.contains("niña") && decoded.damaged);
    }
}
