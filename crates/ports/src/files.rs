//! Files: recordings, uploads, exports. They come and go in pieces, so that a large one is never held whole.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures::StreamExt as _;
use futures::stream::BoxStream;
use kernel::{Error, Result};

/// Where files are kept. Names are paths of plain letters, digits, `-`, `_`, `.` and `/`, made by the server itself.
#[async_trait]
pub trait Files: Send + Sync {
    /// Who keeps them: `local`, `s3`, `memory`.
    fn name(&self) -> &'static str;
    /// Begins a file. It is there, whole, once the upload was [finished](Upload::finish), and over one of the same name.
    async fn create(&self, name: &str) -> Result<Box<dyn Upload>>;
    /// How many bytes a file has; nothing if it is not there.
    async fn size(&self, name: &str) -> Result<Option<u64>>;
    /// A file, or these bytes of it (within its size); nothing if it is not there.
    async fn read(&self, name: &str, range: Option<Range<u64>>) -> Result<Option<BoxStream<'static, Result<Bytes>>>>;
    /// Takes a file away; one that is not there is no fault.
    async fn delete(&self, name: &str) -> Result<()>;
}

/// A file on its way in. Dropped before it is finished, it never was.
#[async_trait]
pub trait Upload: Send {
    /// The next piece.
    async fn write(&mut self, bytes: Bytes) -> Result<()>;
    /// That was all.
    async fn finish(self: Box<Self>) -> Result<()>;
    /// It is not wanted after all.
    async fn abort(self: Box<Self>);
}

/// Reads a small file whole; nothing if it is not there.
pub async fn read_all(files: &dyn Files, name: &str) -> Result<Option<Bytes>> {
    let Some(mut pieces) = files.read(name, None).await? else { return Ok(None) };
    let mut all = BytesMut::new();
    while let Some(piece) = pieces.next().await {
        all.extend_from_slice(&piece?);
    }
    Ok(Some(all.freeze()))
}

type Kept = Arc<Mutex<BTreeMap<String, Bytes>>>;

/// Files in memory: for tests. What is in them is gone with the process.
#[derive(Clone, Default)]
pub struct MemoryFiles(Kept);

struct MemoryUpload {
    kept: Kept,
    name: String,
    bytes: BytesMut,
}

#[async_trait]
impl Files for MemoryFiles {
    fn name(&self) -> &'static str {
        "memory"
    }

    async fn create(&self, name: &str) -> Result<Box<dyn Upload>> {
        Ok(Box::new(MemoryUpload { kept: self.0.clone(), name: name.to_owned(), bytes: BytesMut::new() }))
    }

    async fn size(&self, name: &str) -> Result<Option<u64>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(kept.get(name).map(|bytes| bytes.len() as u64))
    }

    async fn read(&self, name: &str, range: Option<Range<u64>>) -> Result<Option<BoxStream<'static, Result<Bytes>>>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(bytes) = kept.get(name) else { return Ok(None) };
        let bytes = match range {
            Some(range) if range.start <= range.end && range.end <= bytes.len() as u64 => {
                bytes.slice(range.start as usize..range.end as usize)
            }
            Some(_) => return Err(Error::internal("a range outside of the file was asked for")),
            None => bytes.clone(),
        };
        Ok(Some(futures::stream::once(async move { Ok(bytes) }).boxed()))
    }

    async fn delete(&self, name: &str) -> Result<()> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
        Ok(())
    }
}

#[async_trait]
impl Upload for MemoryUpload {
    async fn write(&mut self, bytes: Bytes) -> Result<()> {
        self.bytes.extend_from_slice(&bytes);
        Ok(())
    }

    async fn finish(self: Box<Self>) -> Result<()> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).insert(self.name, self.bytes.freeze());
        Ok(())
    }

    async fn abort(self: Box<Self>) {}
}
