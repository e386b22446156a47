//! Days as spreadsheets write them.

/// What comes first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Order {
    DayFirst,
    MonthFirst,
}

/// A day of which day and month may stand in either order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Date {
    year: u32,
    first: u32,
    second: u32,
    /// The order that its form leaves open no longer: years first (as months first), or points between.
    known: Option<Order>,
}

impl Date {
    /// Takes a day apart that is not written as we write it: `15/01/2026`, `1/15/26`, `15.01.2026 00:00`, `2026/1/15`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (date, time) = text.split_once(' ').unwrap_or((text, ""));
        if !time.chars().all(|letter| matches!(letter, '0' | ':' | '.')) {
            return None;
        }
        let sign = date.chars().find(|letter| !letter.is_ascii_digit())?;
        if !matches!(sign, '/' | '.' | '-') {
            return None;
        }
        let parts: Vec<&str> = date.split(sign).collect();
        let [one, two, three] = parts[..] else { return None };
        let number = |part: &str, most: usize| {
            let well = (1..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
            well.then(|| part.parse::<u32>().ok()).flatten()
        };
        if one.len() == 4 {
            let (year, first, second) = (number(one, 4)?, number(two, 2)?, number(three, 2)?);
            return Some(Self { year, first, second, known: Some(Order::MonthFirst) });
        }
        let (first, second, year) = (number(one, 2)?, number(two, 2)?, number(three, 4)?);
        let year = match three.len() {
            2 => 2000 + year,
            4 => year,
            _ => return None,
        };
        Some(Self { year, first, second, known: (sign == '.').then_some(Order::DayFirst) })
    }

    /// The order that this day by itself shows.
    pub(super) fn shows(self) -> Option<Order> {
        match (self.first > 12, self.second > 12) {
            _ if self.known.is_some() => None,
            (true, false) => Some(Order::DayFirst),
            (false, true) => Some(Order::MonthFirst),
            _ => None,
        }
    }

    /// As we write it; or both days that it may be.
    pub(super) fn read(self, order: Option<Order>) -> Result<String, (String, String)> {
        let [day_first, month_first] = [(self.second, self.first), (self.first, self.second)]
            .map(|(month, day)| format!("{:04}-{month:02}-{day:02}", self.year));
        match self.known.or(self.shows()).or(order) {
            Some(Order::DayFirst) => Ok(day_first),
            Some(Order::MonthFirst) => Ok(month_first),
            None if day_first == month_first => Ok(day_first),
            None => Err((day_first, month_first)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_spreadsheets() {
        let read = |text: &str, order| Date::parse(text).map(|date| date.read(order));
        let day = |text: &str| Some(Ok(text.to_owned()));
        for text in [
            "15/01/2026",
            "1/15/2026",
            "15.1.2026",
            "15-01-2026",
            "2026/1/15",
            "1/15/26",
            "15/01/2026 00:00:00",
            "2026-01-15",
        ] {
            assert_eq!(read(text, None), day("2026-01-15"), "{text}");
        }
        let open = Some(Err(("2026-02-01".to_owned(), "2026-01-02".to_owned())));
        assert_eq!(read("01/02/2026", None), open);
        assert_eq!(read("01/02/2026", Some(Order::DayFirst)), day("2026-02-01"));
        assert_eq!(read("01/02/2026", Some(Order::MonthFirst)), day("2026-01-02"));
        assert_eq!(read("02/02/2026", None), day("2026-02-02"));
        for text in ["", "46037", "yesterday", "2026-01-15T10:30:00Z", "15/01", "15/01/2026 10:30", "15/01/926"] {
            assert_eq!(read(text, None), None, "{text}");
        }
    }
}
