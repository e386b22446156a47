//! A query's reading, told in a sentence and in short filters.

use super::figures::{compact, money, percent, rounded_up, short_count};
use super::{Lang, Platform, Sort, Understanding, lexicon, niches};
use crate::geo::{self, CountryCode};
use crate::text::fold;

impl Understanding {
    /// What was understood, as one sentence in `lang` (else in the query's own language): every constraint it holds, and what
    /// is searched by meaning. `Looking for technology creators on YouTube with at least 100K followers; ranked by meaning for
    /// “tech review gadgets”.`
    pub fn interpretation(&self, lang: Option<Lang>) -> String {
        let lang = lang.unwrap_or(self.lang);
        let say = Say { lang };
        let mut sentence = say.creators(self);
        let with: Vec<String> = [
            say.range(self.followers_min, self.followers_max, short_count, say.pick("followers", "seguidores")),
            say.range(self.views_min, self.views_max, short_count, say.pick("views", "visualizaciones")),
            say.percents(self.engagement_min, self.engagement_max),
        ]
        .into_iter()
        .flatten()
        .collect();
        if !with.is_empty() {
            sentence += say.pick(" with ", " con ");
            sentence += &say.list(&with, say.pick("and", "y"));
        }
        if let Some(price) = say.price(self) {
            sentence += &price;
        }
        let without = say.left_out(self);
        if !without.is_empty() {
            sentence += say.pick(", leaving out ", ", sin ");
            sentence += &say.list(&without, say.pick("and", "ni"));
        }
        sentence += &say.order(self);
        if !self.names.is_empty() {
            let quoted: Vec<String> = self.names.iter().map(|name| say.quote(name)).collect();
            sentence += say.pick("; first whoever is called ", "; primero quien se llame ");
            sentence += &say.list(&quoted, say.pick("or", "o"));
        }
        if !self.not_understood.is_empty() {
            let quoted: Vec<String> = self.not_understood.iter().map(|words| say.quote(words)).collect();
            sentence += say.pick("; not understood, and left out: ", "; no se entendió, y no se aplica: ");
            sentence += &quoted.join(", ");
        }
        sentence.push('.');
        sentence
    }

    /// What was understood, as short filters to show beside the results: `platform: youtube`, `followers: 100K+`, and the
    /// topical words that are no filter (`gadgets`). Keys are the API's; empty only for a query that says nothing.
    pub fn recommended_filters(&self) -> Vec<String> {
        let mut filters = Vec::new();
        let mut put = |key: &str, value: &str| filters.push(format!("{key}: {value}"));
        self.names.iter().for_each(|name| put("name", name));
        for platform in &self.platforms {
            put("platform", platform.word());
        }
        for niche in &self.niches {
            put("niche", niche);
        }
        for (key, min, max) in
            [("followers", self.followers_min, self.followers_max), ("views", self.views_min, self.views_max)]
        {
            if let Some(range) = compact(min.map(short_count), max.map(|max| short_count(rounded_up(max)))) {
                put(key, &range);
            }
        }
        if let Some(range) = compact(self.engagement_min.map(percent), self.engagement_max.map(percent)) {
            put("engagement", &range);
        }
        match region_of(&self.countries) {
            Some(region) => put("region", region.english.trim_start_matches("the ")),
            None => self.countries.iter().for_each(|country| put("country", country.english())),
        }
        for language in &self.languages {
            put("language", language.english());
        }
        let money = |minor: i64| money(minor, self.currency.as_deref(), Lang::En);
        if let Some(range) = compact(self.budget_min_minor.map(money), self.budget_max_minor.map(money)) {
            put("budget", &range);
        }
        for name in (Say { lang: Lang::En }).left_out(self) {
            put("not", &name);
        }
        filters.extend(self.keywords());
        filters
    }

    /// At most five words of the meaning that no niche says already.
    fn keywords(&self) -> Vec<String> {
        let mut keywords: Vec<String> = Vec::new();
        for word in self.meaning.split_whitespace() {
            let word = fold(word.trim_matches(|c: char| !c.is_alphanumeric()));
            let in_niche = |niche: &String| fold(niche).split(' ').any(|part| part == word);
            let shown = |niche: &String| {
                niches::spanish(niche).is_some_and(|shown| fold(shown).split(' ').any(|part| part == word))
            };
            let said = self.niches.iter().any(|niche| in_niche(niche) || shown(niche));
            let topical = !word.chars().all(|c| c.is_ascii_digit()) && word.len() > 1 && !lexicon::is_link(&word);
            if !said && topical && !keywords.contains(&word) && keywords.len() < 5 {
                keywords.push(word);
            }
        }
        if keywords.is_empty() && self.niches.is_empty() && !self.meaning.is_empty() {
            keywords.push(self.meaning.chars().take(60).collect());
        }
        keywords
    }
}

struct Say {
    lang: Lang,
}

impl Say {
    fn quote(&self, words: &str) -> String {
        match self.lang {
            Lang::En => format!("“{words}”"),
            Lang::Es => format!("«{words}»"),
        }
    }

    fn pick<'a>(&self, english: &'a str, spanish: &'a str) -> &'a str {
        match self.lang {
            Lang::En => english,
            Lang::Es => spanish,
        }
    }

    /// "Looking for vegan food creators on Instagram in Spain who speak Spanish".
    fn creators(&self, of: &Understanding) -> String {
        let or = self.pick("or", "o");
        let niches: Vec<String> = of.niches.iter().map(|niche| self.niche(niche)).collect();
        let niches = self.list(&niches, or);
        let mut said = match (self.lang, niches.is_empty()) {
            (Lang::En, true) => "Looking for creators".to_owned(),
            (Lang::En, false) => format!("Looking for {niches} creators"),
            (Lang::Es, true) => "Se buscan creadores".to_owned(),
            (Lang::Es, false) => format!("Se buscan creadores de {niches}"),
        };
        let platforms: Vec<&str> = of.platforms.iter().map(|platform| platform.display()).collect();
        if !platforms.is_empty() {
            said.extend([self.pick(" on ", " en "), &self.list(&platforms, or)]);
        }
        let places = match region_of(&of.countries) {
            Some(region) => vec![self.pick(region.english, region.spanish)],
            None => of.countries.iter().map(|country| self.country(*country)).collect(),
        };
        if !places.is_empty() {
            let spanish = if platforms.is_empty() { " en " } else { " de " };
            said.extend([self.pick(" in ", spanish), &self.list(&places, or)]);
        }
        let languages: Vec<&str> =
            of.languages.iter().map(|language| self.pick(language.english(), language.spanish())).collect();
        if !languages.is_empty() {
            said.extend([self.pick(" who speak ", " que hablan "), &self.list(&languages, or)]);
        }
        said
    }

    fn niche(&self, name: &str) -> String {
        let shown = match self.lang {
            Lang::En => niches::english(name),
            Lang::Es => niches::spanish(name),
        };
        let acronym = |shown: &&str| shown.chars().all(char::is_uppercase);
        shown.map_or_else(
            || name.to_owned(),
            |shown| if acronym(&shown) { shown.to_owned() } else { shown.to_lowercase() },
        )
    }

    fn country(&self, country: CountryCode) -> &'static str {
        match (self.lang, country.code()) {
            (Lang::En, "US") => "the United States",
            (Lang::En, "GB") => "the United Kingdom",
            (Lang::En, _) => country.english(),
            (Lang::Es, _) => country.spanish(),
        }
    }

    /// "at least 100K followers", "between 10K and 100K followers", "under 10K followers".
    fn range(&self, min: Option<u64>, max: Option<u64>, show: fn(u64) -> String, unit: &str) -> Option<String> {
        // "1,5M de seguidores"
        let number = |value| {
            let digits = self.number(&show(value));
            if self.lang == Lang::Es && digits.ends_with('M') { digits + " de" } else { digits }
        };
        let below = |max: u64| rounded_up(max) != max;
        Some(match (min, max) {
            (None, None) => return None,
            (Some(min), None) => format!("{} {} {unit}", self.pick("at least", "al menos"), number(min)),
            (None, Some(max)) if below(max) => {
                format!("{} {} {unit}", self.pick("fewer than", "menos de"), number(max + 1))
            }
            (None, Some(max)) => format!("{} {} {unit}", self.pick("up to", "hasta"), number(max)),
            (Some(min), Some(max)) => self.between(number(min).trim_end_matches(" de"), &number(rounded_up(max)), unit),
        })
    }

    fn percents(&self, min: Option<f64>, max: Option<f64>) -> Option<String> {
        let number = |value| self.number(&percent(value));
        let of = self.pick("engagement", "de engagement");
        Some(match (min.map(number), max.map(number)) {
            (None, None) => return None,
            (Some(min), None) => format!("{} {min} {of}", self.pick("at least", "al menos")),
            (None, Some(max)) => format!("{} {max} {of}", self.pick("up to", "hasta")),
            (Some(min), Some(max)) => self.between(&min, &max, of),
        })
    }

    fn between(&self, min: &str, max: &str, unit: &str) -> String {
        match self.lang {
            Lang::En => format!("between {min} and {max} {unit}"),
            Lang::Es => format!("entre {min} y {max} {unit}"),
        }
    }

    fn price(&self, of: &Understanding) -> Option<String> {
        let money = |minor: i64| money(minor, of.currency.as_deref(), self.lang);
        Some(match (of.budget_min_minor.map(money), of.budget_max_minor.map(money)) {
            (None, None) => return None,
            (Some(min), None) => format!("{} {min}", self.pick(" for", " desde")),
            (None, Some(max)) => format!("{} {max}", self.pick(" for up to", " por hasta")),
            (Some(min), Some(max)) => {
                format!(" {} {min} {} {max}", self.pick("for", "por entre"), self.pick("to", "y"))
            }
        })
    }

    /// The names of all that is ruled out.
    fn left_out(&self, of: &Understanding) -> Vec<String> {
        let countries: Vec<String> = match region_of(&of.excluded_countries) {
            Some(region) => vec![self.pick(region.english, region.spanish).to_owned()],
            None => of.excluded_countries.iter().map(|country| self.country(*country).to_owned()).collect(),
        };
        let niches = of.excluded_niches.iter().map(|niche| self.niche(niche));
        let platforms = of.excluded_platforms.iter().map(Platform::to_string);
        let languages = of.excluded_languages.iter().map(|language| {
            let name = self.pick(language.english(), language.spanish());
            format!("{} {name}", self.pick("who speak", "que hablen"))
        });
        niches.chain(platforms).chain(countries).chain(languages).chain(of.excluded_words.iter().cloned()).collect()
    }

    fn order(&self, of: &Understanding) -> String {
        let first = of.sort.map(|sort| match sort {
            Sort::Followers => self.pick("largest audience first", "primero los de más seguidores"),
            Sort::Engagement => self.pick("highest engagement first", "primero los de más engagement"),
            Sort::Views => self.pick("most views first", "primero los de más visualizaciones"),
            Sort::Price => self.pick("lowest rate first", "primero los más económicos"),
        });
        let meaning = (!of.meaning.is_empty()).then(|| match self.lang {
            Lang::En => format!("ranked by meaning for “{}”", of.meaning),
            Lang::Es => format!("ordenados por afinidad con «{}»", of.meaning),
        });
        match (first, meaning) {
            (None, None) if of.is_empty() => {
                self.pick("; no filter was recognised", "; no se reconoció ningún filtro").to_owned()
            }
            (None, None) => String::new(),
            (Some(first), None) => format!("; {first}"),
            (None, Some(meaning)) => format!("; {meaning}"),
            (Some(first), Some(meaning)) => {
                format!("; {first}, {}", meaning.replacen("ranked", "then ranked", 1).replacen("ordenados", "luego", 1))
            }
        }
    }

    /// "a, b or c".
    fn list<T: AsRef<str>>(&self, items: &[T], word: &str) -> String {
        let items: Vec<&str> = items.iter().map(AsRef::as_ref).collect();
        match items.split_last() {
            None => String::new(),
            Some((last, [])) => (*last).to_owned(),
            Some((last, others)) => {
                // Spanish: "y" before i is "e", "o" before o is "u".
                let sound = fold(last).chars().next();
                let word = match (self.lang, word, sound) {
                    (Lang::Es, "y", Some('i')) => "e",
                    (Lang::Es, "o", Some('o')) => "u",
                    _ => word,
                };
                format!("{} {word} {last}", others.join(", "))
            }
        }
    }

    /// Digits as the language writes them: "1.5M", "1,5M".
    fn number(&self, digits: &str) -> String {
        match self.lang {
            Lang::En => digits.to_owned(),
            Lang::Es => digits
                .chars()
                .map(|c| {
                    if c == '.' {
                        ','
                    } else if c == ',' {
                        '.'
                    } else {
                        c
                    }
                })
                .collect(),
        }
    }
}

/// A region whose countries are all of these and no others.
fn region_of(countries: &[CountryCode]) -> Option<&'static geo::Region> {
    let mut sorted = countries.to_vec();
    sorted.sort_unstable();
    (sorted.len() > 1).then(|| geo::regions().find(|region| region.countries == sorted)).flatten()
}
