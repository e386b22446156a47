//! What a budget can do among the creators that were found.

use kernel::count::grouped;

use super::figures::money;
use super::{Lang, Tier, Understanding};

/// Figures of the creators that a search considered, counted by the caller.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BudgetFacts {
    /// Creators whose rate is known.
    pub with_rate: usize,
    /// Those of them whose rate is within the budget.
    pub within: usize,
    /// The median of the known rates, in hundredths.
    pub median_rate_minor: Option<i64>,
    /// How many of those within are of which size.
    pub tiers_within: Vec<(Tier, usize)>,
}

impl Understanding {
    /// What the budget can do, told from the facts alone; `None` when there is no budget. `range` (lowest, highest, in
    /// hundredths) goes before what the query says.
    pub fn budget_analysis(&self, range: Option<(Option<i64>, Option<i64>)>, facts: &BudgetFacts) -> Option<String> {
        let (min, max) = match range.filter(|(min, max)| min.is_some() || max.is_some()) {
            Some(range) => range,
            None => (self.budget_min_minor, self.budget_max_minor),
        };
        let english = self.lang == Lang::En;
        let money = |minor: i64| money(minor, self.currency.as_deref(), self.lang);
        let budget = match (min.map(money), max.map(money)) {
            (None, None) => return None,
            (Some(min), Some(max)) => format!("{min}–{max}"),
            (None, Some(max)) => format!("{} {max}", if english { "up to" } else { "hasta" }),
            (Some(min), None) => format!("{} {min}", if english { "from" } else { "desde" }),
        };
        let count = |count: usize| grouped(count as u64, if english { ',' } else { '.' });
        if facts.with_rate == 0 {
            return Some(if english {
                format!("None of the creators considered has a known rate to compare with a budget of {budget}.")
            } else {
                format!(
                    "Ninguno de los creadores considerados tiene una tarifa conocida que comparar con un presupuesto de {budget}."
                )
            });
        }
        let (within, with_rate) = (count(facts.within), count(facts.with_rate));
        let mut said = if english {
            format!("A budget of {budget} covers {within} of the {with_rate} creators considered whose rate is known")
        } else {
            format!(
                "Un presupuesto de {budget} cubre a {within} de los {with_rate} creadores considerados con tarifa conocida"
            )
        };
        if let Some(median) = facts.median_rate_minor.map(money) {
            let ask = if english { "; the median rate is" } else { "; la tarifa mediana es de" };
            said.extend([ask, " ", &median]);
        }
        let tiers = tiers(facts, english, &count);
        if !tiers.is_empty() {
            let sizes = if english { "; by size" } else { "; por tamaño" };
            said.extend([sizes, ": ", &tiers]);
        }
        Some(said + ".")
    }
}

/// "120 micro, 80 mid-tier", most first.
fn tiers(facts: &BudgetFacts, english: bool, count: &impl Fn(usize) -> String) -> String {
    let mut tiers: Vec<_> = facts.tiers_within.iter().filter(|(_, creators)| *creators > 0).collect();
    tiers.sort_by_key(|(tier, creators)| (std::cmp::Reverse(*creators), *tier));
    let name = |tier: Tier| match tier {
        Tier::Nano => "nano",
        Tier::Micro => "micro",
        Tier::Mid if english => "mid-tier",
        Tier::Mid => "medianos",
        Tier::Macro => "macro",
        Tier::Mega => "mega",
    };
    tiers.iter().map(|(tier, creators)| format!("{} {}", count(*creators), name(*tier))).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    #[test]
    fn says_the_figures_it_was_given() {
        let facts = BudgetFacts {
            with_rate: 1_020,
            within: 214,
            median_rate_minor: Some(85_000),
            tiers_within: vec![(Tier::Nano, 0), (Tier::Mid, 80), (Tier::Micro, 134)],
        };
        assert_eq!(
            parse("tech YouTubers for $500-$2,000").budget_analysis(None, &facts).unwrap(),
            "A budget of $500–$2,000 covers 214 of the 1,020 creators considered whose rate is known; the median rate is $850; \
             by size: 134 micro, 80 mid-tier."
        );
        assert_eq!(
            parse("creadores de cocina hasta 800€").budget_analysis(None, &facts).unwrap(),
            "Un presupuesto de hasta 800 € cubre a 214 de los 1.020 creadores considerados con tarifa conocida; la tarifa \
             mediana es de 850 €; por tamaño: 134 micro, 80 medianos."
        );
        let given = parse("tech YouTubers").budget_analysis(Some((Some(50_000), Some(200_000))), &facts).unwrap();
        assert!(given.starts_with("A budget of 500–2,000 covers 214"), "{given}");
        assert_eq!(parse("tech YouTubers").budget_analysis(None, &facts), None);
        assert_eq!(parse("tech YouTubers").budget_analysis(Some((None, None)), &facts), None);
        let nothing = parse("gamers under $100").budget_analysis(None, &BudgetFacts::default()).unwrap();
        assert!(nothing.starts_with("None of the creators considered has a known rate"), "{nothing}");
    }
}
