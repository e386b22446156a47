//! A directory of made-up people, looked at by two processes over one database: one compares in memory, one by pgvector.

use std::fmt::Write as _;
use std::io::Cursor;
use std::sync::Arc;

use async_trait::async_trait;
use creators::vectors::{Backend, Choice, prepare};
use creators::{Directory, Format, LocalEmbedder};
use db::{Db, Engine, Migration, args};
use http_base::App;
use kernel::{Clock, CreatorId, Platform, Result, Scope};
use matching::{ExchangeRates, Matching};
use mind::score::{Budget, Wish};
use ports::Embedder;
use testkit_db::{FreshDb, engines, fresh_db_with};

pub(crate) fn migrations() -> Vec<Migration> {
    [jobs::MIGRATIONS, creators::MIGRATIONS, campaigns::MIGRATIONS, matching::MIGRATIONS].concat()
}

/// A process over this database.
pub(crate) fn directory(db: Db, embedder: Arc<dyn Embedder>, backend: Backend) -> Directory {
    Directory::new(App::builder(db, Clock::system()).caching(false).build(), embedder, backend)
}

pub(crate) fn local(db: Db, backend: Backend) -> Directory {
    directory(db, Arc::new(LocalEmbedder), backend)
}

pub(crate) fn matching(directory: &Directory) -> Matching {
    Matching::new(directory.clone(), None, ExchangeRates::default())
}

/// Can this server's databases have the extension?
pub(crate) async fn has_extension(db: &Db) -> bool {
    let sql = "SELECT count(*) FROM pg_available_extensions WHERE name = 'vector'";
    db.read().await.unwrap().fetch_value::<i64>(sql, args![]).await.unwrap() == 1
}

/// A database on a PostgreSQL, with these tables; nothing where no PostgreSQL can be had.
pub(crate) async fn postgres() -> Option<FreshDb> {
    if !engines().await.contains(&Engine::Postgres) {
        return None;
    }
    Some(fresh_db_with(Engine::Postgres, &migrations()).await)
}

/// The same, with pgvector; nothing where it cannot be had, which is told, and where it must not be so is a failure.
pub(crate) async fn with_pgvector() -> Option<FreshDb> {
    let fresh = postgres().await?;
    if !has_extension(&fresh.db).await {
        eprintln!(
            "\n*** NO PGVECTOR: its tests are NOT run. Run tools/test-postgres.sh once for a PostgreSQL that has it.\n"
        );
        let required = |name| std::env::var(name).is_ok_and(|value| !matches!(value.as_str(), "" | "0" | "false"));
        assert!(!required("CI") && !required("INFLUENCERFLOW_REQUIRE_PG"), "no pgvector for the tests");
        return None;
    }
    Some(fresh)
}

/// Both processes, over a database that has the column.
pub(crate) async fn both(fresh: &FreshDb) -> [Directory; 2] {
    assert_eq!(prepare(&fresh.db, Choice::Pgvector).await.unwrap(), Backend::Pgvector);
    [local(fresh.reopen().await, Backend::Memory), local(fresh.reopen().await, Backend::Pgvector)]
}

/// Takes a table of creators in.
pub(crate) async fn import(directory: &Directory, csv: impl Into<Vec<u8>>) {
    let source = Box::new(Cursor::new(csv.into()));
    let report =
        creators::import(directory, Scope::system(), None, source, Some(Format::Csv), |_, _| {}).await.unwrap();
    assert_eq!((report.failed, &report.errors[..].len()), (0, &0), "{:?}", report.errors);
}

/// So many made-up people, as a table.
pub(crate) fn crowd(count: usize) -> Vec<u8> {
    let mut csv = Vec::new();
    samples::write_csv(samples::crowd(7, count), &mut csv).unwrap();
    csv
}

/// People who say the same of themselves, word for word, as a table.
pub(crate) fn twins(count: usize) -> String {
    let mut csv = "name,platform,handle,followers,niche,about\n".to_owned();
    for number in 0..count {
        let followers = 1000 + number;
        writeln!(csv, "Twin {number},instagram,@twin{number},{followers},beekeeping,Honey bees and hives").unwrap();
    }
    csv
}

/// Who has this handle on YouTube.
pub(crate) async fn by_handle(db: &Db, handle: &str) -> CreatorId {
    let (scope, mut tx) = (Scope::system(), db.read().await.unwrap());
    let found = creators::store::same_as(scope, &mut tx, Platform::YouTube, Some(handle), None).await.unwrap();
    found.unwrap_or_else(|| panic!("nobody is {handle}"))
}

pub(crate) fn wishes() -> Vec<Wish> {
    let wish = |description: &str, niche: &str, audience: &str, budget: i64| Wish {
        product_description: description.into(),
        product_niche: niche.into(),
        target_audience: audience.into(),
        budget: if budget == 0 { Budget::default() } else { Budget::of(budget * 100) },
        ..Wish::default()
    };
    vec![
        wish(
            "A smart band that tracks fitness and sleep",
            "Fitness Technology",
            "Health-conscious people of 25 to 45",
            25_000,
        ),
        wish("Comida vegana a domicilio", "cocina vegana", "Madres y padres jóvenes en España", 900),
        wish("A mechanical keyboard for gamers", "gaming, tech", "", 3_000),
        wish("", "beauty", "Women 18-24 who love skincare", 0),
        wish("", "", "Travellers on a small budget", 500),
        wish("Honey from our own hives", "beekeeping", "Gardeners", 10_000),
        wish("zzyzx qwrtp", "", "", 0),
    ]
}

/// A model that counts letters, in so many parts: another space than the local one's.
pub(crate) struct Letters {
    pub(crate) name: &'static str,
    pub(crate) dims: usize,
}

#[async_trait]
impl Embedder for Letters {
    fn model(&self) -> &str {
        self.name
    }

    fn dims(&self) -> usize {
        self.dims
    }

    fn is_local(&self) -> bool {
        false
    }

    async fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>> {
        let vector = |text: &String| {
            let mut vector = vec![0.1; self.dims];
            for letter in text.bytes() {
                vector[usize::from(letter) % self.dims] += 1.0;
            }
            let length = vector.iter().map(|part| part * part).sum::<f32>().sqrt();
            vector.into_iter().map(|part| part / length).collect()
        };
        Ok(texts.iter().map(vector).collect())
    }
}
