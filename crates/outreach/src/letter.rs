//! Templates: texts with `{{variables}}` that are filled from the campaign and the creator.

use campaigns::Campaign;
use creators::Creator;
use input::rule::{self, Problem, Rule};
use kernel::{Error, Result, count};

/// Every variable that a text may have.
pub(crate) const VARIABLES: [&str; 13] = [
    "creator_name",
    "first_name",
    "channel_name",
    "platform",
    "niche",
    "followers",
    "collaboration_rate",
    "brand_name",
    "product_name",
    "product_description",
    "campaign_goal",
    "campaign_code",
    "product_niche",
];

/// What variables stand for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Values(Vec<(&'static str, String)>);

impl Values {
    /// Of this campaign and this creator.
    pub(crate) fn of(campaign: &Campaign, creator: &Creator) -> Self {
        let first = creator.name.split_whitespace().next().unwrap_or_default();
        let said = |text: &Option<String>| text.clone().unwrap_or_default();
        Self(vec![
            ("creator_name", creator.name.clone()),
            ("first_name", first.to_owned()),
            ("channel_name", said(&creator.channel_name)),
            ("platform", creator.platform.word().to_owned()),
            ("niche", creator.niche.clone()),
            ("followers", count::short(creator.followers)),
            ("collaboration_rate", creator.collaboration_rate.map(kernel::Amount::price).unwrap_or_default()),
            ("brand_name", campaign.brand_name.clone()),
            ("product_name", campaign.product_name.clone()),
            ("product_description", said(&campaign.product_description)),
            ("campaign_goal", said(&campaign.campaign_goal)),
            ("campaign_code", campaigns::model::code(campaign.code)),
            ("product_niche", said(&campaign.product_niche)),
        ])
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }
}

/// The rule of a subject: one line, whose variables are known.
pub(crate) fn subject_line() -> impl Rule<Output = String> {
    rule::text(300).and_then(|subject| {
        if subject.contains(['\r', '\n']) {
            return Err(Problem::new("wrong_format", "must be one line"));
        }
        check(&subject).map(|()| subject).map_err(|problem| Problem::new("wrong_format", problem))
    })
}

/// The rule of a text: its variables are known.
pub(crate) fn mail_text() -> impl Rule<Output = String> {
    rule::text(50_000)
        .and_then(|text| check(&text).map(|()| text).map_err(|problem| Problem::new("wrong_format", problem)))
}

enum Part<'t> {
    Text(&'t str),
    Variable { name: &'t str, otherwise: Option<&'t str> },
}

/// The parts of a text. `{{name|otherwise}}` says what stands there when nothing is known.
fn parts(text: &str) -> Result<Vec<Part<'_>>, String> {
    let (mut parts, mut rest) = (Vec::new(), text);
    while let Some(at) = rest.find("{{") {
        parts.push(Part::Text(&rest[..at]));
        let Some(end) = rest[at..].find("}}") else {
            return Err("has a {{ without its }}".into());
        };
        let inside = &rest[at + 2..at + end];
        let (name, otherwise) = match inside.split_once('|') {
            Some((name, otherwise)) => (name.trim(), Some(otherwise.trim())),
            None => (inside.trim(), None),
        };
        if !VARIABLES.contains(&name) {
            return Err(format!("has {{{{{name}}}}}, which is no variable; there are {}", VARIABLES.join(", ")));
        }
        parts.push(Part::Variable { name, otherwise });
        rest = &rest[at + end + 2..];
    }
    parts.push(Part::Text(rest));
    Ok(parts)
}

/// What is wrong with a text, if anything is.
pub(crate) fn check(text: &str) -> Result<(), String> {
    parts(text).map(drop)
}

/// The text with every variable filled. One that nothing is known for, and that has no `otherwise`, is a fault of `field`: a mail
/// never leaves with a hole in it.
pub(crate) fn fill(field: &str, text: &str, values: &Values) -> Result<String> {
    let parts = parts(text).map_err(|problem| Error::invalid_field(field, problem))?;
    let mut filled = String::with_capacity(text.len());
    for part in parts {
        match part {
            Part::Text(text) => filled.push_str(text),
            Part::Variable { name, otherwise } => {
                let value = values.get(name).or(otherwise).ok_or_else(|| {
                    let message =
                        format!("has {{{{{name}}}}}, but nothing is known for it here; write {{{{{name}|otherwise}}}}");
                    Error::invalid_field(field, message)
                })?;
                filled.push_str(value);
            }
        }
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn variables_are_filled() {
        let values = Values(vec![("first_name", "Ana".into()), ("niche", " ".into())]);
        let filled =
            fill("message", "Hi {{ first_name }}, {{niche|your topic}} {it} {{first_name|x}}", &values).unwrap();
        assert_eq!(filled, "Hi Ana, your topic {it} Ana");
        for wrong in ["{{niche}}", "{{first_name", "{{password}}", "{{}}"] {
            assert_eq!(fill("message", wrong, &values).unwrap_err().kind(), kernel::Kind::Invalid, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn what_has_no_variable_stays(text in "[^{]*") {
            prop_assert_eq!(fill("message", &text, &Values::default()).unwrap(), text);
        }

        #[test]
        fn what_is_filled_in_is_not_filled_again(name in ".*") {
            let values = Values(vec![("first_name", format!("x{name}"))]);
            let filled = fill("message", "{{first_name}}", &values).unwrap();
            let given = format!("x{name}");
            prop_assert_eq!(filled, given.trim());
        }
    }
}
