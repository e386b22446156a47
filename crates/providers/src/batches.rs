//! What every embedder over the network does alike: shorten texts, ask in batches, and see that the answer is what was
//! asked for.

use async_trait::async_trait;
use futures::stream::{self, StreamExt, TryStreamExt};
use kernel::Result;

use crate::EmbedderSettings;
use crate::fault::Who;

/// How many batches are asked for at once.
const AT_ONCE: usize = 4;
/// How many tokens, roughly counted, go in one request: a third of what OpenAI allows.
const BATCH_TOKENS: usize = 100_000;

/// A provider of vectors, one request at a time.
#[async_trait]
pub(crate) trait Asked: Send + Sync {
    /// Whom errors are about.
    fn who(&self) -> &Who;
    /// A vector for each text, in order, as the provider gives it. The texts are not empty, few and short enough.
    async fn ask(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>>;
}

/// A unit vector for each text, in order; of zeros for a text with nothing in it, which no provider takes.
pub(crate) async fn embed(asked: &dyn Asked, texts: &[String], settings: &EmbedderSettings) -> Result<Vec<Vec<f32>>> {
    let mut vectors = vec![Vec::new(); texts.len()];
    let mut answers = stream::iter(batches(texts, settings))
        .map(|batch| async move {
            let vectors = asked.ask(&batch.texts).await?;
            checked(asked.who(), vectors, batch.texts.len(), settings.dims).map(|vectors| (batch.places, vectors))
        })
        .boxed()
        .buffer_unordered(AT_ONCE);
    while let Some((places, answer)) = answers.try_next().await? {
        for (place, vector) in places.into_iter().zip(answer) {
            vectors[place] = vector;
        }
    }
    for vector in vectors.iter_mut().filter(|vector| vector.is_empty()) {
        vector.resize(settings.dims, 0.0);
    }
    Ok(vectors)
}

/// Texts for one request, and their places among all.
#[derive(Default)]
struct Batch<'a> {
    places: Vec<usize>,
    texts: Vec<&'a str>,
}

fn batches<'a>(texts: &'a [String], settings: &EmbedderSettings) -> Vec<Batch<'a>> {
    let mut batches = Vec::new();
    let mut batch = Batch::default();
    let mut tokens = 0;
    for (place, text) in texts.iter().enumerate() {
        let (text, cost) = shortened(text.trim(), settings.max_tokens);
        if text.is_empty() {
            continue;
        }
        let full = batch.texts.len() >= settings.batch.max(1) || tokens + cost > BATCH_TOKENS;
        if full && !batch.texts.is_empty() {
            batches.push(std::mem::take(&mut batch));
            tokens = 0;
        }
        batch.places.push(place);
        batch.texts.push(text);
        tokens += cost;
    }
    if !batch.texts.is_empty() {
        batches.push(batch);
    }
    batches
}

/// The beginning of a text that is at most so many tokens, and how many it is. Counted in thirds, on the safe side: three
/// ASCII characters to a token, fewer of the scripts that tokenisers cut finer, three tokens to an emoji.
fn shortened(text: &str, max_tokens: usize) -> (&str, usize) {
    let mut thirds = 0;
    for (at, c) in text.char_indices() {
        let cost = match c.len_utf8() {
            1 => 1,
            2 => 2,
            3 => 4,
            _ => 9,
        };
        if thirds + cost > max_tokens * 3 {
            return (text[..at].trim_end(), max_tokens);
        }
        thirds += cost;
    }
    (text, thirds.div_ceil(3))
}

/// The vectors, if they are as many and as long as they should be, made unit length.
fn checked(who: &Who, mut vectors: Vec<Vec<f32>>, count: usize, dims: usize) -> Result<Vec<Vec<f32>>> {
    if vectors.len() != count {
        let message = format!("gave {} vectors for {count} texts: check model {}", vectors.len(), who.model);
        return Err(who.error(&message, "an answer of another size"));
    }
    for vector in &mut vectors {
        if vector.len() != dims {
            let message = format!(
                "gave vectors of {} parts where {dims} are set: set the number that model {} has",
                vector.len(),
                who.model
            );
            return Err(who.error(&message, "an answer of other dimensions"));
        }
        let length = vector.iter().map(|&part| f64::from(part).powi(2)).sum::<f64>().sqrt();
        if !length.is_normal() {
            let message = format!("gave a vector without a direction: check model {}", who.model);
            return Err(who.error(&message, &format!("its length is {length}")));
        }
        for part in vector.iter_mut() {
            *part = (f64::from(*part) / length) as f32;
        }
    }
    Ok(vectors)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(batch: usize, max_tokens: usize) -> EmbedderSettings {
        EmbedderSettings { max_tokens, batch, ..EmbedderSettings::openai("") }
    }

    #[test]
    fn texts_are_shortened_between_characters() {
        assert_eq!(shortened("abcdef", 2), ("abcdef", 2));
        assert_eq!(shortened("abcdefg", 2), ("abcdef", 2));
        assert_eq!(shortened("ab cdefg", 1), ("ab", 1));
        assert_eq!(shortened("señorita", 1), ("se", 1));
        assert_eq!(shortened("日本語", 2), ("日", 2));
        assert_eq!(shortened("🎮🎮", 3), ("🎮", 3));
        assert_eq!(shortened("🎮", 2), ("", 2));
        assert_eq!(shortened("", 2), ("", 0));
    }

    #[test]
    fn batches_keep_to_their_count_and_size_and_leave_empty_texts_out() {
        let texts: Vec<String> = ["a", " ", "b", "c", "", "d"].map(String::from).into();
        let found = batches(&texts, &settings(3, 10));
        assert_eq!(found.iter().map(|b| b.places.clone()).collect::<Vec<_>>(), [vec![0, 2, 3], vec![5]]);
        assert_eq!(found[0].texts, ["a", "b", "c"]);
        assert!(batches(&texts[1..2], &settings(3, 10)).is_empty());

        let long = vec!["word ".repeat(20_000); 14];
        let found = batches(&long, &settings(128, 8_000));
        assert_eq!(found.iter().map(|b| b.texts.len()).collect::<Vec<_>>(), [12, 2]);
        assert!(found[0].texts.iter().all(|text| text.len() <= 24_000));
    }
}
