//! Hard gates: whom a brand does not want to see, whatever the score.

use std::collections::BTreeSet;
use std::fmt;

use kernel::{Amount, CreatorId, Platform, count};

use super::niche::{Kinship, Niche};
use super::text::rate;
use crate::text::fold;

/// What is asked of every creator before any score. Names are compared without regard to case and accents.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Gates {
    /// At least so many followers.
    pub min_followers: Option<u64>,
    /// At most so many followers.
    pub max_followers: Option<u64>,
    /// At least this engagement, in percent. An unknown engagement does not pass.
    pub min_engagement: Option<f64>,
    /// At most this stated rate, in minor units. A rate that is not stated passes: nobody knows that it is higher.
    pub max_rate_minor: Option<i64>,
    /// One of these, if any are named.
    pub platforms: Vec<Platform>,
    /// One of these countries, if any are named.
    pub countries: Names,
    /// One of these languages, if any are named.
    pub languages: Names,
    /// None of these platforms.
    pub excluded_platforms: Vec<Platform>,
    /// None of these countries.
    pub excluded_countries: Names,
    /// None of these niches, nor a narrower one ("gambling" excludes "online gambling").
    pub excluded_niches: Vec<Niche>,
    /// None of these creators.
    pub excluded_creators: BTreeSet<CreatorId>,
    /// Nobody who has worked for one of these brands.
    pub excluded_brands: Names,
}

/// A set of names, without regard to case and accents.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Names(BTreeSet<String>);

impl Names {
    /// Is it one of them?
    pub fn has(&self, name: &str) -> bool {
        !self.0.is_empty() && self.0.contains(&fold(name))
    }

    /// Are there none?
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<S: AsRef<str>> FromIterator<S> for Names {
    fn from_iter<I: IntoIterator<Item = S>>(names: I) -> Self {
        Self(names.into_iter().map(|name| fold(name.as_ref())).filter(|name| !name.is_empty()).collect())
    }
}

/// What the gates look at.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'a> {
    /// Who.
    pub id: CreatorId,
    /// Where.
    pub platform: Platform,
    /// How many followers.
    pub followers: u64,
    /// In percent.
    pub engagement: Option<f64>,
    /// The stated rate, in minor units.
    pub rate_minor: Option<i64>,
    /// The creator's niche.
    pub niche: Option<&'a Niche>,
    /// The creator's country, spelt as the gates spell theirs.
    pub country: Option<&'a str>,
    /// Every language of the creator.
    pub languages: &'a [String],
    /// Brands that the creator has worked for.
    pub previous_brands: &'a [String],
}

/// The gate that a creator did not pass.
#[derive(Clone, PartialEq, Debug)]
pub enum Gate {
    /// Fewer followers than wanted.
    MinFollowers(u64),
    /// More followers than wanted.
    MaxFollowers(u64),
    /// Less engagement than wanted, or none known; in thousandths of a percent.
    MinEngagement(u32),
    /// A higher rate than wanted, in minor units.
    MaxRate(i64),
    /// Another platform than wanted.
    Platform(Platform),
    /// Another country than wanted, or none known.
    Country,
    /// No language that is wanted.
    Language,
    /// The brand excluded this platform.
    ExcludedPlatform(Platform),
    /// The brand excluded this country.
    ExcludedCountry(String),
    /// The brand excluded this niche.
    ExcludedNiche(String),
    /// The brand excluded this creator.
    ExcludedCreator,
    /// The brand excluded whoever worked for this one.
    ExcludedBrand(String),
}

impl Gates {
    /// Lets a creator pass, or names the gate that does not; the brand's exclusions first.
    pub fn passes(&self, c: &Candidate<'_>) -> Result<(), Gate> {
        self.check_exclusions(c)?;
        let fails = |failed: bool, gate: Gate| if failed { Err(gate) } else { Ok(()) };
        let at_least = self.min_followers.unwrap_or(0);
        fails(c.followers < at_least, Gate::MinFollowers(at_least))?;
        let at_most = self.max_followers.unwrap_or(u64::MAX);
        fails(c.followers > at_most, Gate::MaxFollowers(at_most))?;
        if let Some(least) = self.min_engagement {
            let thousandths = |percent: f64| (percent * 1000.0).round() as u32;
            let least = thousandths(least);
            fails(c.engagement.is_none_or(|own| thousandths(own) < least), Gate::MinEngagement(least))?;
        }
        let most = self.max_rate_minor.unwrap_or(i64::MAX);
        fails(c.rate_minor.is_some_and(|own| own > most), Gate::MaxRate(most))?;
        fails(!self.platforms.is_empty() && !self.platforms.contains(&c.platform), Gate::Platform(c.platform))?;
        let elsewhere = c.country.is_none_or(|own| !self.countries.has(own));
        fails(!self.countries.is_empty() && elsewhere, Gate::Country)?;
        let spoken = c.languages.iter().any(|own| self.languages.has(own));
        fails(!self.languages.is_empty() && !spoken, Gate::Language)
    }

    fn check_exclusions(&self, c: &Candidate<'_>) -> Result<(), Gate> {
        if self.excluded_creators.contains(&c.id) {
            return Err(Gate::ExcludedCreator);
        }
        if self.excluded_platforms.contains(&c.platform) {
            return Err(Gate::ExcludedPlatform(c.platform));
        }
        if let Some(country) = c.country.filter(|own| self.excluded_countries.has(own)) {
            return Err(Gate::ExcludedCountry(country.to_owned()));
        }
        if let Some(own) = c.niche {
            let covers = |niche: &&Niche| matches!(niche.kinship(own), Kinship::Same | Kinship::Narrower);
            if let Some(niche) = self.excluded_niches.iter().find(covers) {
                return Err(Gate::ExcludedNiche(niche.text.clone()));
            }
        }
        match c.previous_brands.iter().find(|own| self.excluded_brands.has(own)) {
            Some(brand) => Err(Gate::ExcludedBrand(brand.clone())),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MinFollowers(least) => write!(f, "fewer than {} followers", count::short(*least)),
            Self::MaxFollowers(most) => write!(f, "more than {} followers", count::short(*most)),
            Self::MinEngagement(least) => write!(f, "engagement below {} or unknown", rate(*least)),
            Self::MaxRate(most) => write!(f, "asks more than {}", Amount::from_minor(*most).price()),
            Self::Platform(own) => write!(f, "{} was not asked for", own.display()),
            Self::Country => f.write_str("not in a country that was asked for"),
            Self::Language => f.write_str("speaks no language that was asked for"),
            Self::ExcludedPlatform(own) => write!(f, "{} is excluded by the brand", own.display()),
            Self::ExcludedCountry(own) => write!(f, "{own} is excluded by the brand"),
            Self::ExcludedNiche(niche) => write!(f, "the niche \"{niche}\" is excluded by the brand"),
            Self::ExcludedCreator => f.write_str("excluded by the brand"),
            Self::ExcludedBrand(brand) => write!(f, "has worked for {brand}, which is excluded by the brand"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gate(gates: &Gates, change: impl FnOnce(&mut Candidate<'_>)) -> String {
        let (languages, brands) = (["Spanish".to_owned()], ["Nestlé".to_owned()]);
        let niche = Niche::new("Online Gambling");
        let mut candidate = Candidate {
            id: id(),
            platform: Platform::YouTube,
            followers: 20_000,
            engagement: Some(3.0),
            rate_minor: Some(50_000),
            niche: niche.as_ref(),
            country: Some("Spain"),
            languages: &languages,
            previous_brands: &brands,
        };
        change(&mut candidate);
        gates.passes(&candidate).map_or_else(|gate| gate.to_string(), |()| "passes".into())
    }

    fn id() -> CreatorId {
        "0190a000-0000-7000-8000-000000000001".parse().unwrap()
    }

    fn names(name: &str) -> Names {
        [name].into_iter().collect()
    }

    #[test]
    fn each_gate_says_its_name() {
        let none = Gates::default;
        for (gates, says) in [
            (none(), "passes"),
            (Gates { min_followers: Some(20_001), ..none() }, "fewer than 20K followers"),
            (Gates { max_followers: Some(19_000), ..none() }, "more than 19K followers"),
            (Gates { min_engagement: Some(3.1), ..none() }, "engagement below 3.1% or unknown"),
            (Gates { max_rate_minor: Some(49_999), ..none() }, "asks more than $499.99"),
            (Gates { platforms: vec![Platform::TikTok], ..none() }, "YouTube was not asked for"),
            (Gates { countries: names("France"), ..none() }, "not in a country that was asked for"),
            (Gates { languages: names("English"), ..none() }, "speaks no language that was asked for"),
            (Gates { excluded_platforms: vec![Platform::YouTube], ..none() }, "YouTube is excluded by the brand"),
            (Gates { excluded_countries: names("SPAIN"), ..none() }, "Spain is excluded by the brand"),
            (
                Gates { excluded_niches: Niche::list("alcohol, gambling"), ..none() },
                "the niche \"gambling\" is excluded by the brand",
            ),
            (Gates { excluded_creators: [id()].into(), ..none() }, "excluded by the brand"),
            (
                Gates { excluded_brands: names("nestle"), ..none() },
                "has worked for Nestlé, which is excluded by the brand",
            ),
        ] {
            assert_eq!(gate(&gates, |_| ()), says);
        }
    }

    #[test]
    fn the_bounds_themselves_pass_and_so_does_a_wider_niche() {
        let gates = Gates {
            min_followers: Some(20_000),
            max_followers: Some(20_000),
            min_engagement: Some(3.0),
            max_rate_minor: Some(50_000),
            countries: ["spain", "France"].into_iter().collect(),
            languages: names("SPANISH"),
            excluded_niches: Niche::list("online gambling streams"),
            ..Gates::default()
        };
        assert_eq!(gate(&gates, |_| ()), "passes");
        assert_eq!(gate(&gates, |c| c.rate_minor = None), "passes");
        assert!(gate(&gates, |c| c.engagement = None).contains("unknown"));
        assert!(gate(&gates, |c| c.country = None).contains("not in a country"));
    }
}
