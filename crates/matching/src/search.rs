//! A search in plain words: understood, filtered, ranked; and where nobody fits, widened, which is said.

use std::time::Duration;

use creators::Filter;
use kernel::{CreatorId, Result, Scope};
use mind::score::{Budget, Wish};
use mind::text::fold;
use mind::understand::{Understanding, from_llm_json, llm_prompt, parse, people};

use crate::Matching;
use crate::currency::Converted;
use crate::prepare::Prepared;
use crate::rank::{Ranked, Wanted};

/// How long a language model may take to read a query before the local parser does.
const PATIENCE: Duration = Duration::from_secs(6);

/// From this niche match on, in hundredths of a percent, a creator has to do with the niche that was asked for.
const RELATED: u16 = 4_000;

/// At most so many people of one name come first.
const MOST_NAMED: usize = 20;
/// Of so many words alone: each is looked for in every name, and in every profile.
const MOST_WORDS_RULED_OUT: usize = 16;
/// At most so many of one name are ruled out.
const MOST_RULED_OUT: usize = 1_000;

/// What was asked for.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    /// In plain words.
    pub(crate) query: String,
    /// The least and the most that a piece may cost, in minor units.
    pub(crate) budget: Option<(i64, i64)>,
    /// Whom it should reach.
    pub(crate) audience: Option<String>,
    /// How many to leave out first.
    pub(crate) offset: usize,
    /// How many at most.
    pub(crate) limit: usize,
}

/// What was found, and how the question was understood.
pub(crate) struct Found {
    pub(crate) ranked: Vec<Ranked>,
    pub(crate) total: usize,
    pub(crate) understood: Understanding,
    /// Who read the query: the name of the language model, or `local`.
    pub(crate) parser: String,
    /// What was given up because nobody was left.
    pub(crate) given_up: Vec<&'static str>,
    /// What was looked through before the budget: for the figures of the analysis.
    pub(crate) before_budget: Filter,
    /// The least and the most that a piece may cost, in hundredths of a dollar.
    pub(crate) budget: (Option<i64>, Option<i64>),
    /// How the budget became dollars, if it was something else.
    pub(crate) converted: Option<Converted>,
}

/// Reads a query: by the language model where there is one, within its time, else by the local parser.
async fn understand(matching: &Matching, query: &str) -> (Understanding, String) {
    if let Some(llm) = matching.llm() {
        const TASK: &str = "You turn a search for content creators into JSON. Answer with the JSON object alone.";
        let prompt = llm_prompt(query);
        let read = async {
            let answer = llm.answer_json(TASK, &prompt).await.map_err(|error| error.to_string())?;
            from_llm_json(&answer, query)
        };
        match tokio::time::timeout(PATIENCE, read).await {
            Ok(Ok(understood)) => return (understood, llm.name().to_owned()),
            Ok(Err(why)) => tracing::warn!(%why, "the language model could not read a query; the local parser does"),
            Err(_) => tracing::warn!("the language model took too long to read a query; the local parser does"),
        }
    }
    (parse(query), "local".to_owned())
}

/// The gates that a query sets.
fn gates(understood: &Understanding) -> Filter {
    Filter {
        platforms: understood.platforms.clone(),
        countries: understood.countries.iter().map(|country| country.code().to_owned()).collect(),
        languages: understood.languages.iter().map(|language| language.code().to_owned()).collect(),
        min_followers: understood.followers_min,
        max_followers: understood.followers_max,
        min_engagement: understood.engagement_min,
        max_engagement: understood.engagement_max,
        min_views: understood.views_min,
        excluded_platforms: understood.excluded_platforms.clone(),
        excluded_niches: understood.excluded_niches.clone(),
        excluded_countries: understood.excluded_countries.iter().map(|country| country.code().to_owned()).collect(),
        excluded_languages: understood.excluded_languages.iter().map(|language| language.code().to_owned()).collect(),
        ..Filter::default()
    }
}

/// What is given up, in this order, when nobody is left: never the platform, nor what was ruled out.
type Widening = (&'static str, fn(&Filter) -> bool, fn(&mut Filter));
const WIDENINGS: [Widening; 6] = [
    ("budget", |f| f.max_rate.is_some(), |f| f.max_rate = None),
    ("views", |f| f.min_views.is_some(), |f| f.min_views = None),
    (
        "engagement",
        |f| f.min_engagement.is_some() || f.max_engagement.is_some(),
        |f| (f.min_engagement, f.max_engagement) = (None, None),
    ),
    (
        "followers",
        |f| f.min_followers.is_some() || f.max_followers.is_some(),
        |f| (f.min_followers, f.max_followers) = (None, None),
    ),
    ("country", |f| !f.countries.is_empty(), |f| f.countries.clear()),
    ("language", |f| !f.languages.is_empty(), |f| f.languages.clear()),
];

/// Answers a question in plain words.
pub(crate) async fn search(matching: &Matching, scope: Scope, question: Question) -> Result<Found> {
    let (mut understood, parser) = understand(matching, &question.query).await;
    let (budget, converted) = match question.budget {
        Some((least, most)) => ((Some(least), Some(most)), None),
        None => matching.exchange().in_dollars(&understood),
    };
    let most = budget.1;
    let wish = Wish {
        product_description: understood.meaning.clone(),
        product_niche: understood.niches.join(", "),
        target_audience: question.audience.clone().unwrap_or_default(),
        budget: most.map_or_else(Budget::default, Budget::of),
        ..Wish::default()
    };
    let prepared = Prepared::new(matching.directory(), wish).await?;
    let mut filter = Filter { sees: scope.into(), ..gates(&understood) };
    filter.excluded_creators = ruled_out(matching, scope, &understood).await?;
    let before_budget = filter.clone();
    filter.max_rate = most;
    let (named, alone) = named(matching, &question.query, &filter, &mut understood).await?;
    // Whoever was asked for by niche is not found in another one.
    let least_niche = if understood.niches.is_empty() { 0 } else { RELATED };
    let others = Wanted { niche_first: true, least_niche, ..Wanted::page(question.offset, question.limit) };
    if !named.is_empty() {
        let (ranked, total) = named_first(matching, &prepared, filter, others, &named, alone).await?;
        return Ok(Found { ranked, total, understood, parser, given_up: Vec::new(), before_budget, budget, converted });
    }
    for given_up in attempts(&filter) {
        let mut filter = filter.clone();
        for (_, _, widen) in &given_up {
            widen(&mut filter);
        }
        let (ranked, total) = matching.rank(&prepared, filter, others, false).await?;
        if total > 0 {
            let given_up = given_up.iter().map(|(name, _, _)| *name).collect();
            return Ok(Found { ranked, total, understood, parser, given_up, before_budget, budget, converted });
        }
    }
    // Nobody has to do with the niche at all: the nearest in meaning are shown, and it is said.
    let others = Wanted { least_niche: 0, ..others };
    let (ranked, total) = matching.rank(&prepared, filter, others, false).await?;
    let given_up = if total > 0 { vec!["niche"] } else { Vec::new() };
    Ok(Found { ranked, total, understood, parser, given_up, before_budget, budget, converted })
}

/// Who writes of what was ruled out, is there, or is called so.
async fn ruled_out(matching: &Matching, scope: Scope, understood: &Understanding) -> Result<Vec<CreatorId>> {
    let mut ruled_out = Vec::new();
    if understood.excluded_words.is_empty() {
        return Ok(ruled_out);
    }
    let catalogue = matching.directory().catalogue();
    catalogue.fresh().await?;
    // Each word is looked for in every name.
    let words = &understood.excluded_words[..understood.excluded_words.len().min(MOST_WORDS_RULED_OUT)];
    for word in words {
        ruled_out.extend(catalogue.read().named(word, scope.into(), MOST_RULED_OUT).into_iter().map(|(id, _)| id));
    }
    let mut spellings: Vec<String> = words.iter().flat_map(|word| [word.clone(), fold(word)]).collect();
    spellings.sort_unstable();
    spellings.dedup();
    let mut tx = matching.app().read().await?;
    ruled_out.extend(creators::store::mentioning(scope, &mut tx, &spellings).await?);
    Ok(ruled_out)
}

/// The people whom a query names, if the directory has them: those who pass its filter, or else all of them; and whether it says
/// nothing else. Their names are noted.
async fn named(
    matching: &Matching,
    query: &str,
    filter: &Filter,
    understood: &mut Understanding,
) -> Result<(Vec<CreatorId>, bool)> {
    let phrases = people(query);
    if phrases.is_empty() {
        return Ok((Vec::new(), false));
    }
    let catalogue = matching.directory().catalogue();
    catalogue.fresh().await?;
    let columns = catalogue.read();
    let (mut passing, mut others, mut certain) = (Vec::new(), Vec::new(), false);
    for phrase in phrases {
        let found = columns.named(&phrase, filter.sees, MOST_NAMED);
        if found.is_empty() {
            continue;
        }
        for (id, whole) in found.into_iter().filter(|(id, _)| !filter.excluded_creators.contains(id)) {
            // One word of a longer name may be any word.
            certain |= whole || phrase.contains(' ');
            let list = if columns.passing_one(filter, id) { &mut passing } else { &mut others };
            if !list.contains(&id) {
                list.push(id);
            }
        }
        understood.names.push(phrase);
    }
    let mut named = if passing.is_empty() { others } else { passing };
    named.truncate(MOST_NAMED);
    Ok((named, certain && is_name_alone(understood)))
}

/// Whether a query says nothing but names.
fn is_name_alone(understood: &Understanding) -> bool {
    let names = fold(&understood.names.join(" "));
    let said_in_names = fold(&understood.meaning).split(' ').all(|word| names.contains(word));
    let plain = Understanding {
        lang: understood.lang,
        names: understood.names.clone(),
        meaning: understood.meaning.clone(),
        evidence: understood.evidence.clone(),
        not_understood: understood.not_understood.clone(),
        ..Understanding::default()
    };
    said_in_names && plain == *understood
}

/// A filter that asks nothing of a creator any more, but still shows nobody whom it hides.
fn without_gates(filter: Filter) -> Filter {
    Filter {
        platforms: Vec::new(),
        niches: Vec::new(),
        countries: Vec::new(),
        languages: Vec::new(),
        min_followers: None,
        max_followers: None,
        min_engagement: None,
        max_engagement: None,
        min_views: None,
        max_rate: None,
        excluded_platforms: Vec::new(),
        excluded_niches: Vec::new(),
        excluded_countries: Vec::new(),
        excluded_languages: Vec::new(),
        ..filter
    }
}

/// A page on which those who were named come first, then, unless nothing else was said, all others.
async fn named_first(
    matching: &Matching,
    prepared: &Prepared,
    filter: Filter,
    others: Wanted,
    named: &[CreatorId],
    alone: bool,
) -> Result<(Vec<Ranked>, usize)> {
    let only = Filter { only_creators: named.to_vec(), ..without_gates(filter.clone()) };
    let (mut first, known) = matching.rank(prepared, only, Wanted::page(0, named.len()), false).await?;
    first.sort_by_key(|ranked| named.iter().position(|id| *id == ranked.id));
    let mut page: Vec<Ranked> = first.into_iter().skip(others.offset).take(others.limit).collect();
    if alone {
        return Ok((page, known));
    }
    let mut filter = filter;
    filter.excluded_creators.extend(named);
    let rest = Wanted { offset: others.offset.saturating_sub(known), limit: others.limit - page.len(), ..others };
    let (ranked, total) = matching.rank(prepared, filter, rest, false).await?;
    page.extend(ranked);
    Ok((page, known + total))
}

/// What is given up, try by try: nothing, then one thing, then more and more of them.
fn attempts(filter: &Filter) -> Vec<Vec<&'static Widening>> {
    let set: Vec<&Widening> = WIDENINGS.iter().filter(|(_, is_set, _)| is_set(filter)).collect();
    let one = set.iter().map(|widening| vec![*widening]);
    let more = (2..=set.len()).map(|many| set[..many].to_vec());
    std::iter::once(Vec::new()).chain(one).chain(more).collect()
}
