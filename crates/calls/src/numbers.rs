//! What numbers there are, and which of them ring a person: libphonenumber's data, as `data/numbers.tsv` has it.

use std::collections::BTreeMap;
use std::sync::{LazyLock, OnceLock};

use regex::{Regex, RegexBuilder};

const TABLE: &str = include_str!("../data/numbers.tsv");

/// A region of a calling code, with the patterns of its numbers; each is made ready when it is first needed.
struct Region {
    /// `001` where no country has the code: satellites, and networks of the whole world.
    name: &'static str,
    patterns: [&'static str; KINDS],
    ready: [OnceLock<Option<Regex>>; KINDS],
}

/// Ordinary numbers, and four kinds that are none.
const KINDS: usize = 5;
/// In the table's order.
const WHAT: [&str; KINDS] = [
    "",
    "is of a premium rate",
    "is a free line, not a person's",
    "is of shared cost",
    "is a personal, company, pager or voice mail number, which cost what they like",
];

static REGIONS: LazyLock<BTreeMap<&'static str, Vec<Region>>> = LazyLock::new(|| {
    let mut regions: BTreeMap<_, Vec<Region>> = BTreeMap::new();
    for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
        let cells: Vec<&str> = line.split('\t').collect();
        if let [code, name, ordinary, premium, free, shared, other] = cells[..] {
            let patterns = [ordinary, premium, free, shared, other];
            regions.entry(code).or_default().push(Region { name, patterns, ready: Default::default() });
        }
    }
    regions
});

impl Region {
    fn is(&self, kind: usize, national: &str) -> bool {
        let pattern = self.patterns[kind];
        if pattern == "-" {
            return false;
        }
        let ready =
            self.ready[kind].get_or_init(|| RegexBuilder::new(&format!("^(?:{pattern})$")).unicode(false).build().ok());
        ready.as_ref().is_some_and(|ready| ready.is_match(national))
    }
}

/// Why this number (in E.164) is not one of a person: nothing if it may be.
pub(crate) fn refuse(number: &str) -> Option<&'static str> {
    let digits = number.strip_prefix('+').unwrap_or(number);
    // No calling code begins another.
    let found = (1..=3.min(digits.len())).find_map(|end| Some((REGIONS.get(digits.get(..end)?)?, digits.get(end..)?)));
    let Some((regions, national)) = found else { return Some("has a calling code that no country has") };
    if regions.iter().all(|region| region.name == "001") {
        return Some("is of a satellite or of an international network");
    }
    for (kind, what) in WHAT.iter().enumerate().skip(1) {
        if regions.iter().any(|region| region.is(kind, national)) {
            return Some(what);
        }
    }
    let exists = regions.iter().any(|region| region.is(0, national));
    (!exists).then_some("cannot be: there is no such number in its country")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn who_may_be_a_person_and_what_is_none() {
        for number in [
            "+14155550123",
            "+34600000001",
            "+34911234567",
            "+447400123456",
            "+4915112345678",
            "+525512345678",
            "+5491123456789",
            "+33612345678",
            "+819012345678",
            "+919876543210",
        ] {
            assert_eq!(refuse(number), None, "{number}");
        }
        for (number, why) in [
            ("+19005550123", "premium"),
            ("+34803123456", "premium"),
            ("+449098790000", "premium"),
            ("+499001234567", "premium"),
            ("+33899123456", "premium"),
            ("+18005550123", "free line"),
            ("+34900123456", "free line"),
            ("+448431234567", "premium"),
            ("+34901123456", "shared cost"),
            ("+447012345678", "personal"),
            ("+870773111632", "satellite"),
            ("+881621234567", "satellite"),
            ("+88216123456789", "satellite"),
            ("+883510001234567", "satellite"),
            ("+979123456789", "international"),
            ("+80012345678", "international"),
            ("+1234567890", "cannot be"),
            ("+34100000000", "cannot be"),
            ("+14150550123", "cannot be"),
            ("+341234567", "cannot be"),
            ("+9991234567", "no country"),
            ("+2101234567", "no country"),
        ] {
            assert!(refuse(number).is_some_and(|told| told.contains(why)), "{number}: {:?}", refuse(number));
        }
    }

    #[test]
    fn every_pattern_can_be_read() {
        let all: Vec<&Region> = REGIONS.values().flatten().collect();
        assert!(all.len() > 230, "{}", all.len());
        for region in all {
            for (kind, pattern) in region.patterns.iter().enumerate() {
                let _ = region.is(kind, "0");
                assert!(
                    *pattern == "-" || region.ready[kind].get().is_some_and(Option::is_some),
                    "{} {pattern}",
                    region.name
                );
            }
        }
    }

    proptest! {
        #[test]
        fn whatever_is_asked_is_decided(digits in "[0-9]{0,18}") {
            let _ = refuse(&format!("+{digits}"));
        }

        /// Satellites, whatever comes after.
        #[test]
        fn nothing_of_a_satellite_is_called(code in prop::sample::select(vec!["870", "881", "882", "883", "878", "888", "979", "808", "800"]), rest in "[0-9]{4,12}") {
            let number = format!("+{code}{rest}");
            prop_assert!(refuse(&number).is_some());
        }
    }
}
