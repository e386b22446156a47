use std::collections::HashMap;

use campaigns::{Campaign, Exclusions};
use deals::model::Status;
use deals::store::{Agreed, Handed};
use input::Period;
use kernel::{CreatorId, Day, Platform, Timestamp};
use payments::store::PaidToCreator;
use uuid::Uuid;

use super::*;
use crate::Figures;
use crate::analytics::store::Known;

const NAMES: [&str; 6] = [
    "TechReviewer123",
    "Ελένη Παπαδοπούλου",
    "王小明",
    "ليلى حداد",
    "Mia Martinez with a very long name indeed",
    "Đặng Thị Hồng",
];

/// A campaign of so many days and creators. Nothing of it is random: the same numbers are the same campaign.
fn found(days: i64, creators: usize, product: &str, currencies: &[&str]) -> Found {
    let now = Timestamp::from_micros(0);
    let id = |number: usize| CreatorId::from_uuid(Uuid::from_u128(number as u128 + 1));
    let mut wave = 7_i64;
    let mut by_day: Vec<(Day, String, Figures)> = Vec::new();
    let mut by_creator: Vec<(CreatorId, String, Figures)> = Vec::new();
    for creator in 0..creators {
        let mut all = Figures::default();
        for day in 0..days {
            wave = (wave * 75 + 74) % 65_537;
            let views = (wave * (40 - i64::try_from(creator.min(39)).unwrap()) / 6) / (1 + (day - days / 3).abs() / 9);
            let figures = Figures {
                metric_rows: 1,
                views,
                likes: views / 21,
                comments: views / 160,
                shares: views / 300,
                saves: views / 400,
                clicks: views / 90,
                conversions: views / 2_000,
                reach: views * 4 / 5,
                reach_rows: 1,
                revenue: views * 3,
                revenue_rows: 1,
                ..Figures::default()
            };
            all += figures;
            match by_day.get_mut(day as usize) {
                Some((_, _, sums)) => *sums += figures,
                None => by_day.push((Day(21_000 + day), currencies[0].to_owned(), figures)),
            }
        }
        by_creator.push((id(creator), currencies[0].to_owned(), all));
    }
    let named = |number: usize| {
        let name = NAMES[number % NAMES.len()];
        if number < NAMES.len() { name.to_owned() } else { format!("{name} {number}") }
    };
    let known =
        |number: usize| Known { id: id(number), name: named(number), platform: Platform::YouTube, followers: 120_000 };
    let paid = |(number, currency): (usize, &&str)| PaidToCreator {
        creator_id: id(number),
        currency: Currency::parse(currency).unwrap(),
        paid: Amount::from_minor(120_000),
        refunded: Amount::from_minor(10_000 * (i64::try_from(number % 2).unwrap())),
    };
    Found {
        campaign: Campaign {
            id: kernel::CampaignId::from_uuid(Uuid::nil()),
            code: 7,
            workspace_id: kernel::WorkspaceId::from_uuid(Uuid::nil()),
            product_name: product.to_owned(),
            brand_name: "TechCorp".to_owned(),
            product_description: None,
            target_audience: None,
            key_use_cases: None,
            campaign_goal: None,
            product_niche: None,
            total_budget: Amount::from_minor(1_500_000),
            status: campaigns::Status::Active,
            influencer_count: 0,
            exclusions: Exclusions::default(),
            created_at: now,
            updated_at: now,
        },
        period: Period::default(),
        whole: true,
        days: by_day,
        creators: by_creator,
        agreed: (0..creators)
            .map(|number| Agreed {
                creator_id: id(number),
                status: Status::Signed,
                currency: Currency::parse(currencies[number % currencies.len()]).unwrap(),
                count: 1,
                amount: Amount::from_minor(120_000),
            })
            .collect(),
        handed: (0..creators)
            .map(|number| Handed {
                creator_id: id(number),
                total: 2,
                pending: u64::from(number % 3 == 0),
                submitted: 1,
                approved: u64::from(number % 3 != 0),
                late: 0,
                judged: 1,
                on_time: 1,
            })
            .collect(),
        paid: (0..creators).zip(currencies.iter().cycle()).map(paid).collect(),
        known: (0..creators).map(|number| (id(number), known(number))).collect::<HashMap<_, _>>(),
    }
}

fn paper(found: &Found) -> Paper {
    Paper::new(found, &EarnedMedia::default())
}

/// Pages, as the file counts them.
fn pages(file: &[u8]) -> usize {
    let text = String::from_utf8_lossy(file);
    let all = text.matches("/Type/Page").count() + text.matches("/Type /Page").count();
    all - text.matches("/Type/Pages").count() - text.matches("/Type /Pages").count()
}

#[test]
fn the_same_figures_are_the_same_bytes() {
    let found = found(40, 6, "Wireless Earbuds Pro", &["USD", "EUR"]);
    assert_eq!(paper(&found).draw().unwrap(), paper(&found).draw().unwrap());
}

#[test]
fn however_much_there_is_it_can_be_set() {
    for (days, creators) in [(0, 0), (1, 1), (2, 1), (400, 40), (3_660, 1), (3, 700)] {
        for product in ["Wireless Earbuds Pro", "صيف 夏 🌸", "x"] {
            let file = paper(&found(days, creators, product, &["USD"])).draw().unwrap();
            assert!(file.starts_with(b"%PDF-"), "{days} {creators}");
        }
    }
    let mut nothing = found(3, 2, "Figures of nothing", &["USD"]);
    for (.., figures) in &mut nothing.days {
        *figures = Figures { metric_rows: 1, ..Figures::default() };
    }
    for (.., figures) in &mut nothing.creators {
        *figures = Figures { metric_rows: 1, ..Figures::default() };
    }
    paper(&nothing).draw().unwrap();
}

#[test]
fn prices_have_the_decimals_they_need() {
    assert_eq!([price(0.3), price(0.05), price(0.0), price(0.125)], ["0.30", "0.05", "0.00", "0.125"]);
}

/// Writes the samples that are looked at: `REPORT_SAMPLES=folder cargo test -p insights samples`.
#[test]
fn samples() {
    let Ok(folder) = std::env::var("REPORT_SAMPLES") else { return };
    let mut zero = found(3, 2, "Figures of nothing", &["USD"]);
    for (.., figures) in &mut zero.days {
        *figures = Figures { metric_rows: 1, ..Figures::default() };
    }
    for (.., figures) in &mut zero.creators {
        *figures = Figures { metric_rows: 1, ..Figures::default() };
    }
    for (name, found) in [
        ("none", found(0, 0, "Summer Fitness Collection", &["USD"])),
        ("one-day", found(1, 1, "Wireless Earbuds Pro", &["USD"])),
        ("month", found(30, 6, "Wireless Earbuds Pro", &["USD"])),
        ("year", found(400, 40, "Eco-Friendly Skincare · صيف 夏", &["USD", "EUR", "JPY"])),
        ("decade", found(3_660, 3, "Evergreen", &["EUR"])),
        ("zero", zero),
    ] {
        let started = std::time::Instant::now();
        let file = paper(&found).draw().unwrap();
        println!("{name}: {} bytes, {:?}, {} pages", file.len(), started.elapsed(), pages(&file));
        std::fs::write(format!("{folder}/{name}.pdf"), file).unwrap();
    }
}
