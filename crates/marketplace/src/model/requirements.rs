//! Whom an offer takes, and what somebody lacks.

use input::Input;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Figures;
use super::words::Class;

/// Whom an offer takes: whoever meets one of the two. Without any, everybody.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Input)]
#[input(name = "OfferRequirements")]
pub struct Requirements {
    /// What makes an influencer.
    #[input(nested::<Least>())]
    pub influencer: Option<Least>,
    /// What everybody else has to meet. With everything at 0 a creator of whom no figures are known may apply, too.
    #[input(nested::<Least>())]
    pub regular: Option<Least>,
}

/// The least that is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, Input)]
#[input(name = "LeastFigures")]
pub struct Least {
    /// Followers on one of the offer's platforms.
    #[input(tally(), default = 0_u64, example = 50_000)]
    pub min_followers: u64,
    /// Engagement in percent of the followers.
    #[input(number(0.0, 100.0), default = 0.0, example = 5.0)]
    pub min_engagement_rate: f64,
    /// Must the figures be proved: by a claimed entry of the directory, or by the platform itself?
    #[input(flag(), default = false)]
    pub verified_required: bool,
}

/// Something that a creator lacks.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = MissingRequirement)]
pub struct Missing {
    /// For which class.
    pub class: Option<Class>,
    /// What: `min_followers`, `min_engagement_rate`, `verified_required` or `country`.
    #[schema(example = "min_followers")]
    pub requirement: &'static str,
    /// How much is asked; null for what is no number.
    #[schema(example = 50_000)]
    pub required: Option<f64>,
    /// How much there is; null if it is not known.
    #[schema(example = 12_500)]
    pub actual: Option<f64>,
    /// The same in a sentence.
    pub message: String,
}

/// Whether somebody may apply.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Eligibility {
    /// May they apply, as far as the requirements go?
    pub eligible: bool,
    /// The best class that they meet; null if they meet none.
    pub class: Option<Class>,
    /// What is missing: for the class above the one that they meet, or for every class.
    pub missing: Vec<Missing>,
}

impl Least {
    /// Is nothing asked?
    pub fn is_nothing(&self) -> bool {
        self.min_followers == 0 && self.min_engagement_rate <= 0.0 && !self.verified_required
    }

    /// Does it hold? What is not known meets nothing but 0.
    pub fn holds(&self, followers: Option<u64>, engagement: Option<f64>, verified: bool) -> bool {
        let enough = followers.unwrap_or(0) >= self.min_followers;
        // Rates are told with two decimals: what reads the same is the same.
        let engaged =
            self.min_engagement_rate <= 0.0 || engagement.is_some_and(|rate| rate + 0.005 > self.min_engagement_rate);
        enough && engaged && (verified || !self.verified_required)
    }

    fn missing(&self, class: Class, figures: &Figures) -> Vec<Missing> {
        let mut missing = Vec::new();
        if figures.followers.unwrap_or(0) < self.min_followers {
            let known = figures.followers.map_or("no figure is known".to_owned(), |count| format!("you have {count}"));
            missing.push(Missing {
                class: Some(class),
                requirement: "min_followers",
                required: Some(self.min_followers as f64),
                actual: figures.followers.map(|count| count as f64),
                message: format!("{} followers are asked for, and {known}", self.min_followers),
            });
        }
        let rate_alone = Self { min_followers: 0, verified_required: false, ..*self };
        if !rate_alone.holds(None, figures.engagement_rate, false) {
            let known =
                figures.engagement_rate.map_or("no figure is known".to_owned(), |rate| format!("yours is {rate}%"));
            missing.push(Missing {
                class: Some(class),
                requirement: "min_engagement_rate",
                required: Some(self.min_engagement_rate),
                actual: figures.engagement_rate,
                message: format!("An engagement of {}% is asked for, and {known}", self.min_engagement_rate),
            });
        }
        if self.verified_required && !figures.verified {
            missing.push(Missing {
                class: Some(class),
                requirement: "verified_required",
                required: None,
                actual: None,
                message: "Proved figures are asked for: claim your entry of the directory by its e-mail address"
                    .to_owned(),
            });
        }
        missing
    }
}

impl Requirements {
    /// The classes that are told apart, the best first.
    pub fn classes(&self) -> impl Iterator<Item = (Class, &Least)> {
        let both = [(Class::Influencer, &self.influencer), (Class::Regular, &self.regular)];
        both.into_iter().filter_map(|(class, least)| Some((class, least.as_ref()?)))
    }

    /// Whether a creator of these figures may apply to an offer for these countries (none: for all).
    pub fn judge(&self, countries: &[String], figures: &Figures) -> Eligibility {
        let mut missing = Vec::new();
        let mut class = None;
        let mut asks = false;
        for (of, least) in self.classes() {
            asks = true;
            let lacks = least.missing(of, figures);
            if lacks.is_empty() {
                class = Some(of);
                break;
            }
            missing.extend(lacks);
        }
        if !asks {
            class = Some(Class::Regular);
        }
        let elsewhere = figures.country.as_ref().filter(|own| !countries.is_empty() && !countries.contains(own));
        if let Some(own) = elsewhere {
            class = None;
            missing.push(Missing {
                class: None,
                requirement: "country",
                required: None,
                actual: None,
                message: format!("The offer is for creators in {}, and you are in {own}", countries.join(", ")),
            });
        }
        Eligibility { eligible: class.is_some(), class, missing }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn figures(followers: Option<u64>, engagement_rate: Option<f64>, verified: bool) -> Figures {
        Figures { followers, engagement_rate, verified, ..Figures::none() }
    }

    fn least(min_followers: u64, min_engagement_rate: f64, verified_required: bool) -> Least {
        Least { min_followers, min_engagement_rate, verified_required }
    }

    /// Document D's example.
    fn example() -> Requirements {
        Requirements { influencer: Some(least(50_000, 5.0, true)), regular: Some(least(1_000, 2.0, false)) }
    }

    #[test]
    fn the_example_of_document_d() {
        let class = |figures| example().judge(&[], &figures).class;
        assert_eq!(class(figures(Some(60_000), Some(5.0), true)), Some(Class::Influencer));
        assert_eq!(class(figures(Some(60_000), Some(5.0), false)), Some(Class::Regular));
        assert_eq!(class(figures(Some(999), Some(9.0), true)), None);
        let told = example().judge(&[], &figures(Some(12_500), None, true));
        let lacks: Vec<_> = told.missing.iter().map(|one| (one.class, one.requirement, one.actual)).collect();
        assert_eq!(
            lacks,
            [
                (Some(Class::Influencer), "min_followers", Some(12_500.0)),
                (Some(Class::Influencer), "min_engagement_rate", None),
                (Some(Class::Regular), "min_engagement_rate", None),
            ]
        );
    }

    #[test]
    fn of_whom_nothing_is_known_may_apply_where_nothing_is_asked() {
        let nobody = Figures::none();
        let open = Requirements { regular: Some(Least::default()), ..example() };
        assert_eq!(open.judge(&[], &nobody).class, Some(Class::Regular));
        assert!(!example().judge(&[], &nobody).eligible);
        assert!(Requirements::default().judge(&[], &nobody).eligible);
        assert!(Requirements::default().judge(&["ES".into()], &nobody).eligible, "nobody knows where they live");
        let abroad = Figures { country: Some("FR".into()), ..Figures::none() };
        let told = open.judge(&["ES".into()], &abroad);
        assert_eq!((told.eligible, told.missing.last().map(|one| one.requirement)), (false, Some("country")));
    }

    proptest! {
        #[test]
        fn more_is_never_worse_and_asking_less_never_shuts_out(
            followers in 0_u64..200_000, more in 0_u64..200_000, rate in 0.0_f64..20.0, higher in 0.0_f64..20.0, verified: bool,
            asked in 0_u64..200_000, asked_rate in 0.0_f64..20.0, proof: bool,
        ) {
            let asks = least(asked, asked_rate, proof);
            let holds = |asks: &Least, followers, rate, verified| asks.holds(Some(followers), Some(rate), verified);
            if holds(&asks, followers, rate, verified) {
                prop_assert!(holds(&asks, followers + more, rate + higher, true));
                prop_assert!(holds(&least(asked / 2, asked_rate / 2.0, false), followers, rate, verified));
            }
            // Whoever lacks something is told what, and who lacks nothing is let in.
            let own = figures(Some(followers), Some(rate), verified);
            let told = Requirements { influencer: None, regular: Some(asks) }.judge(&[], &own);
            prop_assert_eq!(told.eligible, told.missing.is_empty());
            prop_assert_eq!(told.eligible, holds(&asks, followers, rate, verified));
        }
    }
}
