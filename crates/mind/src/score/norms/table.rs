//! Reads the table of benchmarks, whose head describes its columns.

use kernel::{Error, Platform};

use super::prices::{Prices, Row};
use super::{Cohort, Levels, Size, Source};

const COLUMNS: usize = 11;

pub(super) fn parse(table: &str) -> kernel::Result<(Vec<Cohort>, Prices)> {
    let (mut cohorts, mut prices) = (Vec::new(), Prices::default());
    for (at, line) in table.lines().enumerate().filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
        read(line, &mut cohorts, &mut prices)
            .map_err(|reason| Error::invalid_field("benchmarks", format!("line {}: {reason}", at + 1)))?;
    }
    if cohorts.is_empty() {
        return Err(Error::invalid_field("benchmarks", "the table has no row of kind `engagement`"));
    }
    Ok((cohorts, prices))
}

fn read(line: &str, cohorts: &mut Vec<Cohort>, prices: &mut Prices) -> Result<(), String> {
    let cells: Vec<Option<&str>> =
        line.split('\t').map(|cell| Some(cell.trim()).filter(|cell| !matches!(*cell, "" | "-"))).collect();
    if cells.len() != COLUMNS {
        return Err(format!("{COLUMNS} columns are wanted, tab-separated, and there are {}", cells.len()));
    }
    let kind = cells[0].unwrap_or_default();
    let size = Size { from: whole(cells[2])?.unwrap_or(0), below: whole(cells[3])? };
    if size.below.is_some_and(|below| below <= size.from) {
        return Err("`followers to` must be above `followers from`".into());
    }
    let source = Source {
        name: cells[8].ok_or("the source is missing")?.to_owned(),
        year: whole(cells[9])?.map(|year| u16::try_from(year).map_err(|_| "the year is out of range")).transpose()?,
        note: cells[10].map(str::to_owned),
    };
    let platform = || {
        let name = cells[1].ok_or("the platform is missing")?;
        Platform::parse(name).ok_or_else(|| format!("`{name}` is not a platform"))
    };
    match kind {
        "engagement" => {
            let level = |cell| Ok::<_, String>(positive(cell)?.map(|percent| (percent * 1000.0).round() as u32));
            let average = level(cells[5])?.zip(level(cells[6])?).ok_or("the average is missing")?;
            let levels =
                Levels::new(level(cells[4])?, average, level(cells[7])?).ok_or("low, average and high must rise")?;
            cohorts.push(Cohort { platform: platform()?, size, levels, source, directory: None });
        }
        "cpm" | "views" | "post" => {
            let platform = if kind == "post" { None } else { Some(platform()?) };
            let (from, to) =
                positive(cells[4])?.zip(positive(cells[5])?).ok_or("a range wants two figures, a and b")?;
            if to < from {
                return Err("the range is turned round".into());
            }
            let rows = match kind {
                "cpm" => &mut prices.cpm,
                "views" => &mut prices.views,
                _ => &mut prices.post,
            };
            rows.push(Row { platform, size, from, to, source });
        }
        "niche" => {
            let factor = positive(cells[4])?.ok_or("the factor is missing")?;
            prices.niches.push((cells[1].ok_or("the niche is missing")?.to_owned(), factor));
        }
        other => return Err(format!("`{other}` is none of engagement, cpm, post, views, niche")),
    }
    Ok(())
}

fn whole(cell: Option<&str>) -> Result<Option<u64>, String> {
    cell.map(|text| text.parse().map_err(|_| format!("`{text}` is not a whole number"))).transpose()
}

fn positive(cell: Option<&str>) -> Result<Option<f64>, String> {
    let number = |text: &str| text.parse().ok().filter(|number: &f64| *number > 0.0 && *number < 1e6);
    cell.map(|text| number(text).ok_or_else(|| format!("`{text}` is not a positive number"))).transpose()
}
