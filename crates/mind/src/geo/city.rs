use super::{CountryCode, country, rows, words};

/// Cities and provinces that searches name, each with the country it is in.
pub(crate) fn cities() -> impl Iterator<Item = (&'static str, CountryCode)> {
    rows(include_str!("../../data/cities.tsv")).flat_map(|mut cells| {
        let code = cells.next().and_then(country);
        words(cells.next()).filter_map(move |city| Some((city, code?)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::fold;

    #[test]
    fn every_city_is_in_one_country() {
        let mut seen: Vec<_> = cities().map(|(city, country)| (fold(city), country)).collect();
        assert!(seen.len() > 150);
        seen.sort();
        seen.dedup();
        assert!(seen.windows(2).all(|pair| pair[0].0 != pair[1].0));
    }
}
