//! Files in a folder of this machine, or in a bucket of S3 or of whatever speaks its protocol (MinIO, R2, Ceph).

use std::ops::Range;
use std::path::{Path as Folder, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures::StreamExt as _;
use futures::stream::BoxStream;
use kernel::{Error, Kind, Result, Variables};
use object_store::aws::AmazonS3Builder;
use object_store::buffered::BufWriter;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{
    Attribute, Attributes, BackoffConfig, ClientOptions, GetOptions, GetRange, ObjectStore, ObjectStoreExt as _,
    RetryConfig,
};
use ports::files::{Files, Upload};
use tokio::io::AsyncWriteExt as _;
use tokio::sync::OnceCell;

use crate::{Limits, Secret};

/// Where files are kept.
#[derive(Clone, Debug, Default)]
pub enum FileSettings {
    /// In a folder beside the database.
    #[default]
    Local,
    /// In a bucket: `STORAGE_URL`.
    S3(Box<S3Settings>),
}

/// A bucket, and how to get at it.
#[derive(Clone, Debug)]
pub struct S3Settings {
    /// The bucket.
    pub bucket: String,
    /// What every name begins with; empty for the bucket's root.
    pub prefix: String,
    /// `S3_ENDPOINT`: where it is, if not at Amazon.
    pub endpoint: Option<String>,
    /// `AWS_REGION`.
    pub region: String,
    /// `AWS_ACCESS_KEY_ID`; without one, the machine's own role is asked.
    pub key_id: Option<String>,
    /// `AWS_SECRET_ACCESS_KEY`.
    pub secret: Option<Secret>,
    /// `AWS_SESSION_TOKEN`.
    pub token: Option<Secret>,
    /// The time limits. The total is for an answer to begin, with all its attempts; a large file may take longer to come.
    pub limits: Limits,
}

/// Storage is near, and its files are large.
fn patience() -> Limits {
    Limits { read: Duration::from_mins(1), attempts: 5, first_pause: Duration::from_millis(100), ..Limits::default() }
}

impl FileSettings {
    /// Reads `STORAGE_URL` (`s3://bucket/prefix`), `S3_ENDPOINT` and Amazon's own variables.
    pub fn read(from: &mut Variables<'_>) -> Self {
        let endpoint = from.web_address("S3_ENDPOINT");
        let key_id = from.text("AWS_ACCESS_KEY_ID");
        let secret = from.text("AWS_SECRET_ACCESS_KEY").map(Secret::from);
        let Some(url) = from.text("STORAGE_URL") else { return Self::Local };
        let place = url.strip_prefix("s3://").unwrap_or_default();
        let (bucket, prefix) = place.split_once('/').unwrap_or((place, ""));
        if bucket.is_empty() {
            from.fault("STORAGE_URL", format!("must be s3:// and a bucket, such as s3://recordings/app, not {url}"));
        }
        if key_id.is_some() != secret.is_some() {
            from.fault("AWS_ACCESS_KEY_ID", "and AWS_SECRET_ACCESS_KEY go together; one of them is missing");
        }
        Self::S3(Box::new(S3Settings {
            bucket: bucket.to_owned(),
            prefix: prefix.trim_matches('/').to_owned(),
            endpoint,
            region: from
                .text("AWS_REGION")
                .or_else(|| from.text("AWS_DEFAULT_REGION"))
                .unwrap_or_else(|| "us-east-1".into()),
            key_id,
            secret,
            token: from.text("AWS_SESSION_TOKEN").map(Secret::from),
            limits: patience(),
        }))
    }

    /// Opens the place. `folder` is where local files are; it is made when the first one comes.
    pub fn open(&self, folder: &Folder) -> Result<Arc<dyn Files>> {
        match self {
            Self::Local => Ok(Arc::new(ObjectFiles::local(folder))),
            Self::S3(settings) => Ok(Arc::new(ObjectFiles::s3(settings)?)),
        }
    }
}

/// Files in an object store. Cheap to clone.
#[derive(Clone)]
pub struct ObjectFiles {
    name: &'static str,
    folder: Option<PathBuf>,
    store: Arc<OnceCell<Arc<dyn ObjectStore>>>,
    /// What no error shows.
    secrets: Vec<Secret>,
}

impl ObjectFiles {
    /// In a folder of this machine, which is made when it is first needed.
    pub fn local(folder: &Folder) -> Self {
        Self { name: "local", folder: Some(folder.to_owned()), store: Arc::default(), secrets: Vec::new() }
    }

    /// An error as the log is told it, without the keys.
    fn hidden(&self, error: &object_store::Error) -> String {
        self.secrets.iter().fold(error.to_string(), |text, secret| secret.hide_in(&text))
    }

    async fn store(&self) -> Result<&Arc<dyn ObjectStore>> {
        let open = || async {
            let folder = self.folder.clone().unwrap_or_default();
            let opened = tokio::task::spawn_blocking(move || open_folder(&folder)).await;
            opened.map_err(Error::internal)?
        };
        self.store.get_or_try_init(open).await
    }

    /// In a bucket.
    pub fn s3(settings: &S3Settings) -> Result<Self> {
        // The client wants to know whose cryptography it uses; an error here means that it is known already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let limits = &settings.limits;
        let plain = settings.endpoint.as_deref().is_some_and(|endpoint| endpoint.starts_with("http://"));
        // The usual client gives every answer 30 s in all: who listens to a long recording needs longer than that.
        let client = ClientOptions::new()
            .with_allow_http(plain)
            .with_connect_timeout(limits.connect)
            .with_timeout_disabled()
            .with_read_timeout(limits.read);
        let retry = RetryConfig {
            backoff: BackoffConfig { init_backoff: limits.first_pause, ..BackoffConfig::default() },
            max_retries: limits.attempts.saturating_sub(1) as usize,
            retry_timeout: limits.total,
        };
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(&settings.bucket)
            .with_region(&settings.region)
            .with_client_options(client)
            .with_retry(retry)
            // One file by a plain DELETE: not every storage knows the request that deletes many.
            .with_disable_bulk_delete(true);
        if let Some(endpoint) = &settings.endpoint {
            builder = builder.with_endpoint(endpoint.trim_end_matches('/'));
        }
        if let (Some(id), Some(secret)) = (&settings.key_id, &settings.secret) {
            builder = builder.with_access_key_id(id).with_secret_access_key(secret.reveal());
        }
        if let Some(token) = &settings.token {
            builder = builder.with_token(token.reveal());
        }
        let store = builder.build().map_err(|error| {
            Error::new(Kind::Invalid, "STORAGE_URL and the AWS_… settings do not name a bucket that can be opened")
                .because(error)
        })?;
        let store: Arc<dyn ObjectStore> = match settings.prefix.as_str() {
            "" => Arc::new(store),
            prefix => Arc::new(PrefixStore::new(store, prefix)),
        };
        let secrets = settings.secret.iter().chain(&settings.token).cloned().collect();
        Ok(Self { name: "s3", folder: None, store: Arc::new(OnceCell::new_with(Some(store))), secrets })
    }

    fn fault(&self, error: &object_store::Error) -> Error {
        let error = match self.name {
            "s3" => {
                let message = match error {
                    object_store::Error::PermissionDenied { .. } | object_store::Error::Unauthenticated { .. } => {
                        "The storage of files refuses the keys: check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION and \
                         what they may do in the bucket"
                    }
                    object_store::Error::NotFound { .. } => {
                        "The storage of files has no such bucket: check STORAGE_URL and S3_ENDPOINT"
                    }
                    _ => {
                        "The storage of files does not answer as it should; check STORAGE_URL and S3_ENDPOINT, then try again"
                    }
                };
                Error::new(Kind::Provider, message).because(self.hidden(error))
            }
            _ => Error::new(
                Kind::Unavailable,
                "The folder for files cannot be read or written; check its disk and rights",
            )
            .because(error),
        };
        tracing::warn!(%error, "files");
        error
    }
}

/// What died while it was written beside its place leaves these; in a bucket, a rule of the bucket's own takes away unfinished uploads.
async fn delete_unfinished(folder: &Folder, name: &Path) {
    for number in 1..=UNFINISHED {
        let beside = folder.join(format!("{name}#{number}"));
        match tokio::fs::remove_file(&beside).await {
            Ok(()) => tracing::debug!(file = %beside.display(), "an unfinished file was taken away"),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return,
            Err(error) => tracing::warn!(%error, "an unfinished file could not be taken away"),
        }
    }
}

/// More attempts at one name are never made.
const UNFINISHED: u32 = 8;

fn open_folder(folder: &Folder) -> Result<Arc<dyn ObjectStore>> {
    let unusable = |error: &dyn std::fmt::Display| {
        let message = format!("The folder for files, {}, cannot be used: {error}", folder.display());
        Error::new(Kind::Unavailable, message)
    };
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|error| unusable(&error))?;
    // The folder is ours: one that an earlier version made is closed as well.
    #[cfg(unix)]
    if let Err(error) = std::fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o700)) {
        tracing::warn!(folder = %folder.display(), %error, "others may read the files");
    }
    let store = LocalFileSystem::new_with_prefix(folder).map_err(|error| unusable(&error))?;
    Ok(Arc::new(store.with_fsync(true)))
}

/// What a file is, by the end of its name.
fn attributes(name: &str) -> Attributes {
    let media_type = match name.rsplit('.').next().unwrap_or_default() {
        "mp3" => "audio/mpeg",
        "wav" => "audio/wav",
        "pdf" => "application/pdf",
        "csv" => "text/csv",
        _ => "application/octet-stream",
    };
    Attributes::from_iter([(Attribute::ContentType, media_type)])
}

fn path(name: &str) -> Result<Path> {
    Path::parse(name).map_err(|error| Error::internal(format!("the name of a file is not fit: {error}")))
}

#[async_trait]
impl Files for ObjectFiles {
    fn name(&self) -> &'static str {
        self.name
    }

    async fn create(&self, name: &str) -> Result<Box<dyn Upload>> {
        let path = path(name)?;
        // In the bucket, a large file goes up in parts of this size while it comes in.
        let writer = BufWriter::with_capacity(self.store().await?.clone(), path, 8 << 20);
        // A folder has no place for what a file is; a bucket tells it to whoever fetches the file there.
        let writer = if self.folder.is_none() { writer.with_attributes(attributes(name)) } else { writer };
        Ok(Box::new(Writing { files: self.clone(), writer }))
    }

    async fn size(&self, name: &str) -> Result<Option<u64>> {
        match self.store().await?.head(&path(name)?).await {
            Ok(meta) => Ok(Some(meta.size)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(self.fault(&error)),
        }
    }

    async fn read(&self, name: &str, range: Option<Range<u64>>) -> Result<Option<BoxStream<'static, Result<Bytes>>>> {
        let options = GetOptions { range: range.map(GetRange::Bounded), ..GetOptions::default() };
        match self.store().await?.get_opts(&path(name)?, options).await {
            Ok(found) => {
                let broken = |error: object_store::Error| {
                    Error::new(Kind::Provider, "The file broke off while it was read").because(error)
                };
                Ok(Some(found.into_stream().map(move |piece| piece.map_err(broken)).boxed()))
            }
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(self.fault(&error)),
        }
    }

    async fn delete(&self, name: &str) -> Result<()> {
        let path = path(name)?;
        if let Some(folder) = &self.folder {
            delete_unfinished(folder, &path).await;
        }
        match self.store().await?.delete(&path).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(self.fault(&error)),
        }
    }
}

struct Writing {
    files: ObjectFiles,
    writer: BufWriter,
}

#[async_trait]
impl Upload for Writing {
    async fn write(&mut self, bytes: Bytes) -> Result<()> {
        self.writer.put(bytes).await.map_err(|error| self.files.fault(&error))
    }

    async fn finish(mut self: Box<Self>) -> Result<()> {
        self.writer.shutdown().await.map_err(|error| {
            let source = error.downcast::<object_store::Error>();
            let generic = |error| object_store::Error::Generic { store: "files", source: Box::new(error) };
            self.files.fault(&source.unwrap_or_else(generic))
        })
    }

    async fn abort(mut self: Box<Self>) {
        // What was never begun at the store has nothing to be undone.
        if let Err(error) = self.writer.abort().await {
            tracing::warn!(%error, "an upload could not be undone");
        }
    }
}
