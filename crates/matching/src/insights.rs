//! How a search was understood, said from the parse and the data.

use creators::{Columns, Filter};
use mind::understand::{BudgetFacts, Lang, Tier, Understanding};

/// What the budget meets among those that a filter lets through.
pub(crate) fn budget_facts(columns: &Columns, filter: &Filter, budget: (Option<i64>, Option<i64>)) -> BudgetFacts {
    let mut facts = BudgetFacts::default();
    let mut rates = Vec::new();
    let mut tiers = [0_usize; Tier::ALL.len()];
    for slot in columns.passing(filter) {
        let view = columns.view(slot);
        if view.rate == creators::catalogue::UNKNOWN {
            continue;
        }
        rates.push(view.rate);
        if budget.1.is_none_or(|most| view.rate <= most) {
            facts.within += 1;
            let tier = Tier::of(view.followers);
            if let Some(place) = Tier::ALL.iter().position(|own| *own == tier) {
                tiers[place] += 1;
            }
        }
    }
    facts.with_rate = rates.len();
    let middle = rates.len() / 2;
    if !rates.is_empty() {
        facts.median_rate_minor = Some(*rates.select_nth_unstable(middle).1);
    }
    facts.tiers_within = Tier::ALL.into_iter().zip(tiers).filter(|(_, count)| *count > 0).collect();
    facts
}

/// What was understood, and what had to be given up, in the language of the query.
pub(crate) fn interpretation(understood: &Understanding, given_up: &[&'static str], total: usize) -> String {
    let mut said = understood.interpretation(None);
    if given_up.is_empty() {
        return said;
    }
    let english = understood.lang == Lang::En;
    let names: Vec<&str> = given_up.iter().map(|name| if english { name } else { spanish(name) }).collect();
    let names = names.join(", ");
    let widened = if english {
        format!(" Nobody in the directory meets all of it; without regard to {names} there are {total}.")
    } else {
        format!(" Nadie del directorio lo cumple todo; sin tener en cuenta {names} hay {total}.")
    };
    said.push_str(&widened);
    said
}

fn spanish(name: &'static str) -> &'static str {
    match name {
        "budget" => "el presupuesto",
        "views" => "las visualizaciones",
        "engagement" => "el engagement",
        "followers" => "los seguidores",
        "country" => "el país",
        "language" => "el idioma",
        "niche" => "el nicho",
        other => other,
    }
}
