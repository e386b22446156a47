//! What was measured, beside what was promised.

use std::io::Write as _;

/// A promise: a figure keeps it by being so small, or so great.
#[derive(Clone, Copy)]
pub(crate) enum Promise {
    /// At most.
    Most(f64),
    /// At least.
    Least(f64),
    /// Nothing was promised.
    Nothing,
}

impl Promise {
    fn is_met(self, figure: f64) -> Option<bool> {
        match self {
            Self::Most(most) => Some(figure <= most),
            Self::Least(least) => Some(figure >= least),
            Self::Nothing => None,
        }
    }
}

/// The table, printed line by line as it grows.
pub(crate) struct Table {
    rows: usize,
    missed: u32,
}

impl Table {
    /// Begins a table for so many creators.
    pub(crate) fn new(rows: usize) -> Self {
        println!("{rows} creators; load of this machine before: {}", load());
        println!("{:<52} {:>16} {:>12}  {:<6}  also", "what", "figure", "promised", "");
        Self { rows, missed: 0 }
    }

    /// A line. `also` is what explains the figure: what it was compared with, quantiles, counts.
    pub(crate) fn line(&mut self, what: &str, figure: f64, unit: &str, promise: Promise, also: &str) {
        let told = |figure: f64| match unit {
            "" => format!("{figure:.4}"),
            "/s" => format!("{figure:.0} {unit}"),
            _ => format!("{figure:.2} {unit}"),
        };
        let promised = match promise {
            Promise::Most(most) => format!("≤ {}", told(most)),
            Promise::Least(least) => format!("≥ {}", told(least)),
            Promise::Nothing => String::new(),
        };
        let verdict = match promise.is_met(figure) {
            Some(true) => "met",
            Some(false) => {
                self.missed += 1;
                "MISSED"
            }
            None => "",
        };
        println!("{what:<52} {:>16} {promised:>12}  {verdict:<6}  {also}", told(figure));
        // A line is seen when it is measured, also through a pipe.
        let _ = std::io::stdout().flush();
    }

    /// A promise that was made for 100,000 and for 1,000,000 creators; for other numbers nothing was promised.
    pub(crate) fn by_rows(&self, hundred_thousand: Promise, million: Promise) -> Promise {
        match self.rows {
            100_000 => hundred_thousand,
            1_000_000 => million,
            _ => Promise::Nothing,
        }
    }

    /// Ends the table; was everything met?
    pub(crate) fn finish(self) -> bool {
        println!("{} missed; load of this machine after: {}", self.missed, load());
        self.missed == 0
    }
}

/// How busy the machine is: averages over 1, 5 and 15 minutes.
fn load() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').take(3).collect::<Vec<_>>().join(" ")
}
