//! How fast creators are found where vectors are compared in memory, and where PostgreSQL compares them.
//!
//! `cargo bench -p matching --bench vectors -- [--rows N]`, 100,000 made-up creators unless told, on a private PostgreSQL (the
//! one of the tests), or on the empty database that `DATABASE_URL` names.

use std::io::Cursor;
use std::sync::Arc;
use std::time::{Duration, Instant};

use creators::vectors::{Backend, Choice, prepare};
use creators::{Directory, Filter, Format, LocalEmbedder};
use db::{Db, Engine};
use http_base::App;
use kernel::{Clock, Result, Scope};
use matching::rank::Wanted;
use matching::{ExchangeRates, Matching, Prepared};
use mind::score::{Budget, Wish};

const WISHES: [(&str, &str, &str, i64); 6] = [
    (
        "A smart band that tracks fitness and sleep",
        "Fitness Technology",
        "Health-conscious people of 25 to 45",
        2_500_000,
    ),
    ("Comida vegana a domicilio", "cocina vegana", "Madres y padres jóvenes en España", 90_000),
    ("A mechanical keyboard for gamers", "gaming, tech", "Students who play at night", 300_000),
    ("Serums and creams without perfume", "beauty", "Women 18-24 who love skincare", 1_000_000),
    ("Backpacks that fit under the seat", "", "Travellers on a small budget", 50_000),
    ("Courses about investing", "finance", "Profesionales urbanos", 5_000_000),
];
const ROUNDS: usize = 10;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip_while(|argument| argument != "--rows").skip(1);
    let rows = arguments.next().and_then(|count| count.parse().ok()).unwrap_or(100_000);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(kernel::Error::internal)?;
    runtime.block_on(measure(rows))
}

fn directory(db: Db, backend: Backend) -> Directory {
    let app = App::builder(db, Clock::system()).caching(false).build();
    Directory::new(app, Arc::new(LocalEmbedder), backend)
}

async fn measure(rows: usize) -> Result<()> {
    let private = match std::env::var("DATABASE_URL") {
        Ok(_) => None,
        Err(_) => Some(testkit_db::fresh_db(Engine::Postgres).await),
    };
    let url = std::env::var("DATABASE_URL")
        .unwrap_or_else(|_| private.as_ref().map_or_else(String::new, |db| db.url.clone()));
    let db = Db::open(&db::Settings::new(url)).await?;
    let tables = [jobs::MIGRATIONS, creators::MIGRATIONS, campaigns::MIGRATIONS, matching::MIGRATIONS];
    db.migrate(&tables.concat(), Clock::system().now()).await?;

    // A tenth in memory first, to be filled in; the rest by a process that knows of the column.
    let mut csv = Vec::new();
    samples::write_csv(samples::crowd(11, rows), &mut csv).map_err(kernel::Error::internal)?;
    let head = csv.iter().position(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    let cut =
        csv.iter().enumerate().filter(|(_, byte)| **byte == b'\n').nth(rows / 10).map_or(csv.len(), |(at, _)| at + 1);
    let rest = [&csv[..head], &csv[cut..]].concat();
    let here = directory(db.clone(), Backend::Memory);
    println!("import without pgvector: {:.0} creators a second", import(&here, csv[..cut].to_vec()).await?);
    let started = Instant::now();
    prepare(&db, Choice::Pgvector).await?;
    println!("spelled out for pgvector: {:.0} creators a second", rows as f64 / 10.0 / started.elapsed().as_secs_f64());
    let afar = directory(db.clone(), Backend::Pgvector);
    println!("import with pgvector: {:.0} creators a second", import(&afar, rest).await?);
    db.analyze().await?;

    for directory in [here, afar] {
        let backend = directory.backend().name();
        let again = self::directory(db.clone(), directory.backend());
        let started = Instant::now();
        again.warm().await?;
        let bytes = again.catalogue().read().vector_bytes();
        println!("\n{backend}: read in {:.2} s, {} MB of vectors", started.elapsed().as_secs_f64(), bytes >> 20);
        searches(&again).await?;
    }
    db.close().await;
    Ok(())
}

async fn import(directory: &Directory, csv: Vec<u8>) -> Result<f64> {
    let started = Instant::now();
    let source = Box::new(Cursor::new(csv));
    let report = creators::import(directory, Scope::system(), None, source, Some(Format::Csv), |_, _| {}).await?;
    Ok(report.added as f64 / started.elapsed().as_secs_f64())
}

async fn searches(directory: &Directory) -> Result<()> {
    let matching = Matching::new(directory.clone(), None, ExchangeRates::default());
    let mut followers: Vec<u64> = {
        let columns = directory.catalogue().read();
        columns.passing(&Filter::default()).into_iter().map(|slot| columns.view(slot).followers).collect()
    };
    followers.sort_unstable();
    for share in [100, 10, 1] {
        let least = followers[followers.len() - followers.len() * share / 100];
        let filter = Filter { min_followers: Some(least), ..Filter::default() };
        let (mut ranks, mut counts, mut nears) = (Vec::new(), Vec::new(), Vec::new());
        for (description, niche, audience, budget) in WISHES {
            let wish = Wish {
                product_description: description.into(),
                product_niche: niche.into(),
                target_audience: audience.into(),
                budget: Budget::of(budget),
                ..Wish::default()
            };
            let prepared = Prepared::new(directory, wish).await?;
            for _ in 0..ROUNDS {
                for (wanted, took) in
                    [(Wanted::page(0, 10), &mut ranks), (Wanted { least: 6_000, ..Wanted::page(0, 10) }, &mut counts)]
                {
                    let started = Instant::now();
                    matching.rank(&prepared, filter.clone(), wanted, true).await?;
                    took.push(started.elapsed());
                }
                let query = prepared.brief.topic().to_vec();
                let started = Instant::now();
                directory.nearest(query, filter.clone(), 10).await?;
                nears.push(started.elapsed());
            }
        }
        println!(
            "{share:>3} % pass: ten best {}, ten best and how many above 60 % {}, ten nearest {}",
            told(ranks),
            told(counts),
            told(nears)
        );
    }
    Ok(())
}

/// The median and the 95th of a hundred, in milliseconds.
fn told(mut took: Vec<Duration>) -> String {
    took.sort_unstable();
    let millis = |at: usize| took[at].as_secs_f64() * 1e3;
    format!("{:.1} ms (p95 {:.1})", millis(took.len() / 2), millis(took.len() * 95 / 100))
}
