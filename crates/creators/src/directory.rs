//! What the directory's routes and everyone who ranks its creators work with.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::FromRef;
use db::{Tx, args};
use http_base::App;
use jobs::NewJob;
use kernel::{Error, Result, Scope, WorkspaceId};
use mind::score::norms::Learned;
use mind::score::{Calibration, KnownNiche, Norms};
use mind::text::fold;
use parking_lot::{Mutex, RwLock};
use ports::Embedder;
use tokio::sync::OnceCell;

use crate::catalogue::Catalogue;
use crate::embedding::{self, EmbedHere, embed_here};
use crate::jobs::{EMBED, NORMS};
use crate::rights::{Referring, Refers};
use crate::vectors::{Backend, Space};
use crate::{Creator, store};

/// The topic of the norms' version.
const NORMS_TOPIC: &str = "engagement_norms";
/// Niche vectors that are kept; more niches than this are made anew when they are wanted.
const MOST_NICHES: usize = 50_000;

/// The directory: catalogue, embedder, norms. Cheap to clone; clones share it.
#[derive(Clone)]
pub struct Directory(Arc<Inner>);

struct Inner {
    app: App,
    embedder: Arc<dyn Embedder>,
    backend: Backend,
    catalogue: Catalogue,
    calibration: OnceCell<Calibration>,
    norms: RwLock<(i64, Arc<Norms>)>,
    niche_vectors: Mutex<HashMap<String, Arc<[f32]>>>,
    /// The niches of the catalogue by number, as far as they have been read.
    niches: RwLock<Arc<Vec<KnownNiche>>>,
    referring: std::sync::OnceLock<Referring>,
}

impl FromRef<Directory> for App {
    fn from_ref(directory: &Directory) -> Self {
        directory.0.app.clone()
    }
}

impl Directory {
    /// Opens the directory; [`Directory::warm`] reads it into memory. The backend is what [`crate::vectors::prepare`] said.
    pub fn new(app: App, embedder: Arc<dyn Embedder>, backend: Backend) -> Self {
        let catalogue = Catalogue::new(app.db().clone(), embedder.model(), embedder.dims(), backend);
        Self(Arc::new(Inner {
            app,
            embedder,
            backend,
            catalogue,
            calibration: OnceCell::new(),
            norms: RwLock::new((-1, Arc::new(Norms::builtin()))),
            niche_vectors: Mutex::new(HashMap::new()),
            niches: RwLock::default(),
            referring: std::sync::OnceLock::new(),
        }))
    }

    /// Reads the directory into memory, so that the first request does not wait for it.
    pub async fn warm(&self) -> Result<()> {
        // First, so that everybody is judged once.
        self.norms().await?;
        self.0.catalogue.fresh().await?;
        Ok(())
    }

    /// Says who keeps rows that name creators. The first call counts; without one nobody does.
    pub fn referred_by(&self, all: Vec<Arc<dyn Refers>>) {
        let _ = self.0.referring.set(all.into());
    }

    /// Who keeps rows that name creators.
    pub fn referring(&self) -> Referring {
        self.0.referring.get().cloned().unwrap_or_else(|| Vec::new().into())
    }

    /// The application.
    pub fn app(&self) -> &App {
        &self.0.app
    }

    /// The directory in memory.
    pub fn catalogue(&self) -> &Catalogue {
        &self.0.catalogue
    }

    /// Who makes the vectors.
    pub fn embedder(&self) -> &Arc<dyn Embedder> {
        &self.0.embedder
    }

    /// Where the vectors are compared.
    pub fn backend(&self) -> Backend {
        self.0.backend
    }

    /// The vectors that are written and compared.
    pub fn space(&self) -> Space<'_> {
        Space { model: self.0.embedder.model(), backend: self.0.backend }
    }

    /// The local model, if that is the one: what a transaction may ask without waiting for anybody.
    pub(crate) fn embedder_here(&self) -> Option<(Space<'_>, EmbedHere)> {
        self.0.embedder.is_local().then(|| (self.space(), embed_here as EmbedHere))
    }

    /// Vectors of these texts.
    pub async fn embed(&self, texts: Vec<String>) -> Result<Vec<Vec<f32>>> {
        embedding::embed(&self.0.embedder, texts).await
    }

    /// The vector of a profile; nothing if the embedder fails, in which case a job makes it later.
    pub(crate) async fn vector_of(&self, text: &str) -> Option<Vec<f32>> {
        match self.embed(vec![text.to_owned()]).await {
            Ok(mut vectors) => vectors.pop(),
            Err(error) => {
                tracing::warn!(%error, "the embedder failed; a job will make the vector later");
                None
            }
        }
    }

    /// Writes the vector beside its entry, or has a job make it.
    pub(crate) async fn keep_vector(
        &self,
        scope: Scope,
        tx: &mut Tx,
        creator: &Creator,
        text: &str,
        vector: Option<Vec<f32>>,
    ) -> Result<()> {
        let clock = self.0.app.clock();
        let Some(vector) = vector else {
            store::forget_vectors(scope, tx, &[creator.id]).await?;
            return self.embed_later(tx).await;
        };
        store::save_vector(scope, tx, creator.id, self.space(), text, &vector, clock.now()).await
    }

    async fn embed_later(&self, tx: &mut Tx) -> Result<()> {
        let job = NewJob::new(EMBED, &())?.dedupe(EMBED);
        jobs_enqueue(tx, &self.0.app, job).await
    }

    /// How many entries more this workspace may add to the directory; whoever has none, and runs the server, as many as they like.
    pub(crate) async fn room(&self, workspace: Option<WorkspaceId>) -> Result<u64> {
        let Some(workspace) = workspace else { return Ok(u64::MAX) };
        let there = store::added_by(Scope::system(), &mut self.0.app.read().await?, workspace).await?;
        Ok(self.0.app.limits().directory_rows.saturating_sub(there))
    }

    /// What follows an import: norms of the directory as it is now, and vectors where they are still missing. Says how many.
    pub(crate) async fn after_import(&self, changed: u64) -> Result<u64> {
        if changed == 0 {
            return Ok(0);
        }
        let mut tx = self.0.app.read().await?;
        let stale = store::stale_count(Scope::system(), &mut tx, self.0.embedder.model()).await?;
        drop(tx);
        let mut tx = self.0.app.write().await?;
        jobs_enqueue(&mut tx, &self.0.app, NewJob::new(NORMS, &())?.dedupe(NORMS)).await?;
        if stale > 0 {
            self.embed_later(&mut tx).await?;
        }
        tx.commit().await?;
        Ok(stale)
    }

    /// What cosines of this model mean, in percent.
    pub async fn calibration(&self) -> Result<&Calibration> {
        self.0.calibration.get_or_try_init(|| self.calibrate()).await
    }

    /// The local model is asked at once; another one's calibration is kept, so that it is asked once for all.
    async fn calibrate(&self) -> Result<Calibration> {
        if self.0.embedder.is_local() {
            return Ok(Calibration::from_probes(|text| mind::embed::StaticModel::embedded().embed(text)));
        }
        let model = self.0.embedder.model().to_owned();
        let sql = "SELECT calibration FROM embedding_calibrations WHERE model = $1";
        let kept: Option<String> = self.0.app.read().await?.fetch_optional(sql, args![&model]).await?;
        if let Some(calibration) = kept.and_then(|kept| serde_json::from_str(&kept).ok()) {
            return Ok(calibration);
        }
        let texts = Calibration::texts();
        let vectors = self.embed(texts.clone()).await?;
        let vectors: HashMap<String, Vec<f32>> = texts.into_iter().zip(vectors).collect();
        let calibration = Calibration::from_probes(|text| vectors.get(text).cloned().unwrap_or_default());
        let told = serde_json::to_string(&calibration).map_err(Error::internal)?;
        let mut tx = self.0.app.write().await?;
        let sql = "INSERT INTO embedding_calibrations (model, calibration, made_at) VALUES ($1, $2, $3) \
                   ON CONFLICT (model) DO UPDATE SET calibration = excluded.calibration, made_at = excluded.made_at";
        tx.execute(sql, args![&model, told, self.0.app.clock().now()]).await?;
        tx.commit().await?;
        Ok(calibration)
    }

    /// What engagement is usual, by platform and size, and the version of that knowledge.
    pub async fn norms(&self) -> Result<(i64, Arc<Norms>)> {
        let version = self.0.app.db().current_version(NORMS_TOPIC).await?;
        let (known, norms) = self.0.norms.read().clone();
        if known == version {
            return Ok((known, norms));
        }
        let sql = "SELECT norms FROM engagement_norms WHERE name = 'engagement'";
        let kept: Option<String> = self.0.app.read().await?.fetch_optional(sql, args![]).await?;
        let mut norms = Norms::builtin();
        if let Some(kept) = kept {
            let learned: Vec<Learned> = serde_json::from_str(&kept).map_err(Error::internal)?;
            norms.recall(learned);
        }
        let norms = Arc::new(norms);
        self.0.catalogue.judge_by(norms.clone());
        *self.0.norms.write() = (version, norms.clone());
        Ok((version, norms))
    }

    /// Learns from the directory what engagement is usual, where it has enough creators to say so.
    pub async fn learn_norms(&self) -> Result<()> {
        self.0.catalogue.fresh().await?;
        let (learned, creators) = self
            .0
            .catalogue
            .scan(|columns| {
                let mut norms = Norms::builtin();
                norms.learn(columns.passing(&crate::Filter::default()).into_iter().map(|slot| {
                    let view = columns.view(slot);
                    let engagement = (!view.engagement.is_nan()).then_some(f64::from(view.engagement));
                    (view.platform, view.followers, engagement)
                }));
                (norms.learned(), columns.len())
            })
            .await?;
        let told = serde_json::to_string(&learned).map_err(Error::internal)?;
        let mut tx = self.0.app.write().await?;
        let sql = "SELECT norms FROM engagement_norms WHERE name = 'engagement'";
        let kept: Option<String> = tx.fetch_optional(sql, args![]).await?;
        if kept.as_ref() == Some(&told) || (kept.is_none() && learned.is_empty()) {
            return Ok(());
        }
        tx.next_version(NORMS_TOPIC).await?;
        let sql = "INSERT INTO engagement_norms (name, norms, creators, made_at) VALUES ('engagement', $1, $2, $3) \
                   ON CONFLICT (name) DO UPDATE SET norms = excluded.norms, creators = excluded.creators, made_at = excluded.made_at";
        tx.execute(sql, args![told, creators, self.0.app.clock().now()]).await?;
        tx.commit().await
    }

    /// The niches of the catalogue by number: see [`crate::Columns::niche`]. Each is read once.
    pub async fn niches(&self) -> Result<Arc<Vec<KnownNiche>>> {
        let known = self.0.niches.read().clone();
        let new: Vec<String> = {
            let columns = self.0.catalogue.read();
            (known.len()..columns.niche_count()).map(|number| columns.niche(number as u32).to_owned()).collect()
        };
        if new.is_empty() {
            return Ok(known);
        }
        let vectors = self.embed(new.clone()).await?;
        let read = new.iter().zip(vectors).map(|(niche, vector)| KnownNiche::new(niche, vector));
        let all: Arc<Vec<KnownNiche>> = Arc::new(known.iter().cloned().chain(read).collect());
        let mut kept = self.0.niches.write();
        // Somebody else may have read more meanwhile.
        if kept.len() < all.len() {
            *kept = all.clone();
        }
        Ok(all)
    }

    /// The vectors of these niches' names.
    pub async fn niche_vectors(&self, niches: &[String]) -> Result<HashMap<String, Arc<[f32]>>> {
        let mut found = HashMap::new();
        let mut missing = Vec::new();
        {
            let kept = self.0.niche_vectors.lock();
            for niche in niches.iter().map(|niche| fold(niche)) {
                match kept.get(&niche) {
                    Some(vector) => {
                        found.insert(niche, vector.clone());
                    }
                    None => missing.push(niche),
                }
            }
        }
        missing.sort_unstable();
        missing.dedup();
        if missing.is_empty() {
            return Ok(found);
        }
        let vectors = self.embed(missing.clone()).await?;
        let mut kept = self.0.niche_vectors.lock();
        if kept.len() + missing.len() > MOST_NICHES {
            kept.clear();
        }
        for (niche, vector) in missing.into_iter().zip(vectors) {
            let vector: Arc<[f32]> = vector.into();
            kept.insert(niche.clone(), vector.clone());
            found.insert(niche, vector);
        }
        Ok(found)
    }
}

async fn jobs_enqueue(tx: &mut Tx, app: &App, job: NewJob) -> Result<()> {
    jobs::enqueue(tx, app.clock(), job).await.map(drop)
}
