//! Subtitles: SubRip and WebVTT. What is said in one go is a paragraph, in which each cue says from which second on it is heard.

use crate::draft::{Draft, Piece, tidy};
use crate::encoding::decode;
use crate::model::{BlockKind, Unreadable};

/// A pause after which something new begins, once a sentence has ended; in milliseconds.
const PAUSE: u64 = 2_000;
/// From how many characters on a paragraph ends with the next sentence, and after how many in any case.
const LONG: usize = 500;
const TOO_LONG: usize = 1_000;

/// What is shown from one time to another.
struct Cue {
    from: u64,
    to: u64,
    text: String,
}

pub(crate) fn read(bytes: &[u8], draft: &mut Draft<'_>) -> Result<(), Unreadable> {
    let decoded = decode(bytes, None);
    decoded.tell(draft);
    let cues = cues(&decoded.text);
    if cues.is_empty() {
        // A transcript without times.
        return crate::plain::write(&decoded.text, draft);
    }
    let mut paragraph: Vec<&Cue> = Vec::new();
    let mut length = 0;
    for cue in &cues {
        if let Some(before) = paragraph.last() {
            let ended = before.text.ends_with(['.', '?', '!', '…', '"', '”', '»', ')', '。', '？', '！']);
            let paused = cue.from.saturating_sub(before.to) >= PAUSE;
            if (ended && (paused || length >= LONG)) || length >= TOO_LONG {
                write(&paragraph, draft)?;
                paragraph.clear();
                length = 0;
            }
        }
        length += cue.text.chars().count() + 1;
        paragraph.push(cue);
    }
    write(&paragraph, draft)
}

fn write(cues: &[&Cue], draft: &mut Draft<'_>) -> Result<(), Unreadable> {
    let second = |cue: &Cue| BlockKind::Time(u32::try_from(cue.from / 1000).unwrap_or(u32::MAX));
    let pieces: Vec<_> = cues.iter().map(|cue| Piece { mark: Some(second(cue)), text: &cue.text }).collect();
    draft.pieces(BlockKind::Paragraph, &pieces)
}

/// Does a text begin as SubRip does?
pub(crate) fn begin(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or_default();
    times(first).is_some()
        || (first.bytes().all(|byte| byte.is_ascii_digit()) && lines.next().is_some_and(|line| times(line).is_some()))
}

/// All cues in their order, without those that only repeat: captions that roll show each line twice.
fn cues(text: &str) -> Vec<Cue> {
    let mut cues: Vec<Cue> = Vec::new();
    let mut shown: Vec<String> = Vec::new();
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        at += 1;
        let Some((from, to)) = times(line) else { continue };
        let begin = at;
        while lines.get(at).is_some_and(|line| !line.is_empty() && times(line).is_none()) {
            at += 1;
        }
        let mut end = at;
        // The number of the next cue, where no empty line stands before it.
        if end > begin && lines.get(end).is_some_and(|line| times(line).is_some()) && is_number(lines[end - 1]) {
            end -= 1;
        }
        let said: Vec<String> =
            lines[begin..end].iter().map(|line| tidy(&plain(line))).filter(|line| !line.is_empty()).collect();
        let fresh: Vec<&str> = said.iter().filter(|line| !shown.contains(line)).map(String::as_str).collect();
        if !fresh.is_empty() {
            cues.push(Cue { from, to, text: fresh.join(" ") });
        } else if let Some(last) = cues.last_mut() {
            last.to = last.to.max(to);
        }
        shown = said;
    }
    cues
}

fn is_number(line: &str) -> bool {
    !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_digit())
}

/// From when to when, in milliseconds: `00:01:02,500 --> 00:01:04,000`, `01:02.500 --> 01:04.000 align:start`.
fn times(line: &str) -> Option<(u64, u64)> {
    let (from, to) = line.split_once("-->")?;
    Some((time(from.trim())?, time(to.split_whitespace().next()?)?))
}

fn time(text: &str) -> Option<u64> {
    let (clock, fraction) = text.split_once([',', '.']).unwrap_or((text, "0"));
    let parts: Vec<u64> =
        clock.split(':').map(|part| part.parse().ok().filter(|part| *part < 100_000)).collect::<Option<_>>()?;
    let seconds = match parts.as_slice() {
        [minutes, seconds] => minutes * 60 + seconds,
        [hours, minutes, seconds] => (hours * 60 + minutes) * 60 + seconds,
        _ => return None,
    };
    let digits: String = fraction.chars().chain("000".chars()).take(3).collect();
    Some(seconds * 1000 + digits.parse::<u64>().ok()?)
}

/// A line without what says how it looks: `<i>`, `<00:01:02.000>`, `{\an8}`. Who speaks is kept.
fn plain(line: &str) -> String {
    let mut text = String::new();
    let mut rest = line;
    while let Some(at) = rest.find(['<', '{']) {
        text.push_str(&rest[..at]);
        let tag = &rest[at..];
        let end = if tag.starts_with('<') { tag.find('>') } else { tag.find('}').filter(|_| tag.starts_with("{\\")) };
        if let Some(end) = end {
            if let Some((_, speaker)) = tag[..end].strip_prefix("<v").and_then(|rest| rest.split_once(' ')) {
                text.push_str(speaker.trim());
                text.push_str(": ");
            }
            rest = &tag[end + 1..];
        } else {
            text.push_str(&tag[..1]);
            rest = &tag[1..];
        }
    }
    text.push_str(rest);
    let entities = [("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&lrm;", ""), ("&rlm;", ""), ("&amp;", "&")];
    entities.iter().fold(text, |text, (entity, letter)| text.replace(entity, letter))
}

#[cfg(test)]
mod tests {
    use crate::tests::kinds_of;
    use crate::{Kind, Limits};

    fn blocks(text: &str) -> Vec<String> {
        assert_eq!(Kind::detect(text.as_bytes(), "x").unwrap(), Kind::Subtitles);
        kinds_of(&crate::read(Kind::Subtitles, text.as_bytes(), &Limits::default()).unwrap())
    }

    #[test]
    fn subrip_says_when_each_piece_is_heard() {
        let text = "1\r\n00:12:40,500 --> 00:12:42,000\r\n<i>Breathe in</i>\r\n\r\n2\r\n00:12:42,100 --> 00:12:44,000\r\nand out.\r\n3\r\n\
            01:00:00,000 --> 01:00:01,000\r\n{\\an8}New &amp; old {x}\r\n";
        assert_eq!(
            blocks(text),
            [
                "Paragraph Breathe in and out.",
                "Time(760) Breathe in",
                "Time(762) and out.",
                "Paragraph New & old {x}",
                "Time(3600) New & old {x}"
            ]
        );
    }

    #[test]
    fn webvtt_is_read_without_its_notes_and_repetitions() {
        let text = "WEBVTT - x\n\nNOTE\nnobody --\n\nSTYLE\n::cue { color: red }\n\nintro\n00:01.000 --> 00:02.000 align:start\n<v Ana>Hello\n\n\
            00:02.000 --> 00:03.000\n<v Ana>Hello\nto <c.x>all</c>\n\n00:03.000 --> 00:04.000\nto all\n";
        assert_eq!(blocks(text), ["Paragraph Ana: Hello to all", "Time(1) Ana: Hello", "Time(2) to all"]);
    }
}
