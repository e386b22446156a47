//! Brand safety, from what is on record only: ratings, earlier brands, words of the profile.

use super::Safety;
use crate::score::brief::{Brief, CreatorView};
use crate::score::scores::{FULL, from_number, number};
use crate::score::text::{capital, list};
use crate::text::fold;

pub(super) struct Finding {
    pub(super) judged: Safety,
    /// What the profile mentions that a brand may not want to stand beside.
    pub(super) risks: Vec<&'static str>,
}

/// The mean of the rating (of 5) and of 70 % and 10 % for each earlier brand up to three; less 40 % for the first kind of risk that the
/// profile mentions and 20 % for each other. A risk that is the campaign's own subject (wine for a wine merchant) is none.
pub(super) fn judge(brief: &Brief, creator: &CreatorView<'_>) -> Finding {
    let wish = brief.wish();
    let own_subject = risks(&format!("{} {}", wish.topic_text(), wish.target_audience));
    let mut risks = risks(&format!("{} . {}", creator.niche, creator.about.unwrap_or_default()));
    risks.retain(|risk| !own_subject.contains(risk));

    let mut scores: Vec<u16> = Vec::new();
    let mut says: Vec<String> = Vec::new();
    if let Some(rating) = creator.rating.filter(|rating| (0.0..=5.0).contains(rating)) {
        scores.extend(from_number(rating * 20.0));
        says.push(format!("rated {rating:.1} of 5"));
    }
    let brands: Vec<&str> =
        creator.previous_brands.iter().map(|brand| brand.trim()).filter(|brand| !brand.is_empty()).collect();
    if !brands.is_empty() {
        scores.push(7_000 + 1_000 * brands.len().min(3) as u16);
        let named = list(&brands[..brands.len().min(3)]);
        let more = if brands.len() > 3 { format!(" and {} more", brands.len() - 3) } else { String::new() };
        says.push(format!("has worked for {named}{more}"));
    }
    if !risks.is_empty() {
        says.push(format!("the profile mentions {}", list(&risks)));
    }
    let score = match (scores.len() as u16, risks.len() as u16) {
        (0, 0) => None,
        (count, risks) => {
            // Where risks are all there is, they are taken from what one earlier brand less is worth.
            let mean = scores.iter().map(|&score| u32::from(score)).sum::<u32>().checked_div(u32::from(count));
            let mean = mean.map_or(7_000, |mean| mean as u16);
            let penalty = if risks == 0 { 0 } else { (2_000 + 2_000 * risks).min(FULL) };
            Some(mean.saturating_sub(penalty))
        }
    };
    let explanation = match (score, says.is_empty()) {
        (None, _) | (_, true) => {
            "Nothing on record: no rating, no earlier brands, no words of risk in the profile.".into()
        }
        (Some(_), _) if risks.is_empty() => capital(&format!("{}; the profile mentions no known risk.", list(&says))),
        (Some(_), _) => capital(&format!("{}.", list(&says))),
    };
    Finding { judged: Safety { score: score.map(number), explanation }, risks }
}

/// The kinds of risk that a text mentions, in the order of the table.
fn risks(text: &str) -> Vec<&'static str> {
    let folded = fold(text);
    let words: Vec<&str> = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let table = include_str!("../../../data/risk_words.tsv").lines().filter(|line| !line.starts_with('#'));
    let rows = table.filter_map(|line| line.split_once('\t'));
    rows.filter(|(_, phrases)| phrases.split(',').any(|phrase| mentions(&words, phrase)))
        .map(|(kind, _)| kind)
        .collect()
}

/// Do the words hold this phrase, and not say that they do without it ("alcohol-free", "sin alcohol", "quit smoking")?
fn mentions(words: &[&str], phrase: &str) -> bool {
    const WITHOUT: [&str; 9] = ["no", "non", "not", "anti", "without", "quit", "stop", "sin", "contra"];
    let phrase: Vec<&str> = phrase.split_whitespace().collect();
    let is = |word: &str, wanted: &str| word == wanted || word.strip_suffix('s') == Some(wanted);
    (0..words.len()).any(|at| {
        let rest = &words[at..];
        let found = rest.len() >= phrase.len() && rest.iter().zip(&phrase).all(|(word, wanted)| is(word, wanted));
        let before = at.checked_sub(1).map_or("", |at| words[at]);
        let given_up = before == "de" && at >= 2 && words[at - 2].starts_with("deja");
        let after = rest.get(phrase.len()).copied().unwrap_or_default();
        found && !given_up && !WITHOUT.contains(&before) && after != "free"
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn risks_in_two_languages_and_their_denial() {
        assert_eq!(risks("Poker streams and online casinos"), ["gambling"]);
        assert_eq!(risks("Apuestas deportivas y cigarrillos"), ["gambling", "tobacco"]);
        for harmless in [
            "alcohol-free cocktails-free living",
            "dejar de fumar y vivir sin alcohol",
            "Quit smoking coach",
            "adults aged 25-45",
            "begun by a gunner in Cartagena",
            "",
        ] {
            assert_eq!(risks(harmless), [""; 0], "{harmless}");
        }
    }

    #[test]
    fn the_table_is_folded_and_singular() {
        let table = include_str!("../../../data/risk_words.tsv");
        for (kind, phrases) in
            table.lines().filter(|line| !line.starts_with('#')).map(|line| line.split_once('\t').unwrap())
        {
            for phrase in phrases.split(',') {
                assert_eq!(risks(&format!("all about {phrase}")), [kind], "{phrase}");
            }
        }
    }
}
