//! Files on their way in, and out again: a file is a row before it is stored, and belongs to a document from one transaction on.

use axum::extract::multipart::Field;
use bytes::Bytes;
use http_base::upload::fault_of;
use kernel::{Error, Kind, Result, Scope, WorkspaceId};
use reading::{Reason, Unreadable};
use sha2::{Digest as _, Sha256};

use crate::Knowledge;
use crate::store::files;

/// A file that is stored, and belongs to nothing yet.
#[derive(Clone, Debug)]
pub(crate) struct Stored {
    /// The name by which it is kept.
    pub(crate) file: String,
    /// The name that it came with.
    pub(crate) name: String,
    /// How large it is.
    pub(crate) bytes: u64,
    /// Its fingerprint, in hexadecimal.
    pub(crate) sha256: String,
    /// What it is, by its bytes.
    pub(crate) kind: reading::Kind,
}

/// Stores a file as it comes in. What cannot be read is 415, what is too large 413, and neither stays.
pub(crate) async fn store(of: &Knowledge, owner: WorkspaceId, mut field: Field<'_>) -> Result<Stored> {
    let name = name_of(field.file_name());
    let (id, now) = (of.app().clock().request_id(), of.app().clock().now());
    let file = format!("knowledge/{id}");
    // Written down before it is stored: whatever dies from here on, the file is found and taken away.
    let mut tx = of.app().write().await?;
    files::begin(Scope::system(), &mut tx, owner, &file, now).await?;
    tx.commit().await?;
    match taken_in(of, &file, &name, &mut field).await {
        Ok((bytes, sha256, kind)) => Ok(Stored { file, name, bytes, sha256, kind }),
        Err(error) => {
            discard(of, &file).await;
            Err(error)
        }
    }
}

async fn taken_in(
    of: &Knowledge,
    file: &str,
    name: &str,
    field: &mut Field<'_>,
) -> Result<(u64, String, reading::Kind)> {
    let (bytes, sha256) = write(of, file, field).await?;
    // What a file is may stand at its end: it is looked at as a whole, and only few are at once.
    let _turn = of.looks().acquire().await.map_err(Error::internal)?;
    let whole = ports::files::read_all(of.files(), file).await?;
    let whole = whole.ok_or_else(|| Error::internal("a file is gone that was stored just now"))?;
    let name = name.to_owned();
    let looked = tokio::task::spawn_blocking(move || reading::Kind::detect(&whole, &name));
    let kind = looked.await.map_err(Error::internal)?.map_err(|unreadable| refused(&unreadable))?;
    Ok((bytes, sha256, kind))
}

/// Why a file is not taken at all: it is none that is read (415), or there is nothing in it.
fn refused(why: &Unreadable) -> Error {
    match why.reason {
        Reason::UnknownKind | Reason::LegacyOffice => Error::new(Kind::UnsupportedMediaType, why.message.clone()),
        _ => Error::invalid_field("file", why.message.clone()),
    }
}

async fn write(of: &Knowledge, file: &str, field: &mut Field<'_>) -> Result<(u64, String)> {
    let most = of.settings().document_bytes;
    let mut upload = of.files().create(file).await?;
    let (mut bytes, mut digest) = (0, Sha256::new());
    let taken = loop {
        let piece: Bytes = match field.chunk().await {
            Ok(Some(piece)) => piece,
            Ok(None) => break Ok(()),
            Err(error) => break Err(fault_of(&error)),
        };
        bytes += piece.len() as u64;
        if bytes > most {
            let message = format!("The document is larger than {most} bytes; split it, and upload its parts");
            break Err(Error::new(Kind::TooLarge, message));
        }
        digest.update(&piece);
        if let Err(error) = upload.write(piece).await {
            break Err(error);
        }
    };
    match taken {
        Ok(()) => upload.finish().await.map(|()| (bytes, hex::encode(digest.finalize()))),
        Err(error) => {
            upload.abort().await;
            Err(error)
        }
    }
}

/// The name that a file came with: without folders, and without what hides in it.
fn name_of(given: Option<&str>) -> String {
    let name = given.unwrap_or_default().rsplit(['/', '\\']).next().unwrap_or_default();
    let hides = |letter: char| {
        letter.is_control()
            || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    let name: String = name.chars().filter(|letter| !hides(*letter)).take(200).collect();
    let name = name.trim();
    if name.is_empty() { "document".to_owned() } else { name.to_owned() }
}

/// Takes a file away that belongs to nothing. What cannot be taken away now is swept later.
pub(crate) async fn discard(of: &Knowledge, file: &str) {
    if let Err(error) = take_away(of, file).await {
        tracing::warn!(%error, "a file that belongs to no document is left for later");
    }
}

async fn take_away(of: &Knowledge, file: &str) -> Result<()> {
    let (app, scope) = (of.app(), Scope::system());
    let mut tx = app.write().await?;
    let is_nobodys = files::give_up(scope, &mut tx, file, app.clock().now()).await?;
    tx.commit().await?;
    if !is_nobodys {
        return Ok(());
    }
    // From here on nobody can claim it.
    of.files().delete(file).await?;
    let mut tx = app.write().await?;
    files::forget(scope, &mut tx, file).await?;
    tx.commit().await
}

/// Takes away all files that belong to nothing, and should go by now.
pub(crate) async fn sweep(of: &Knowledge) -> Result<()> {
    let (app, scope) = (of.app(), Scope::system());
    loop {
        let due = files::due(scope, &mut app.read().await?, app.clock().now()).await?;
        if due.is_empty() {
            return Ok(());
        }
        for file in due {
            if let Err(error) = take_away(of, &file).await {
                tracing::warn!(%error, "a file that belongs to no document could not be taken away");
                let mut tx = app.write().await?;
                files::later(scope, &mut tx, &file, app.clock().now()).await?;
                tx.commit().await?;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_no_folders_and_hide_nothing() {
        assert_eq!(name_of(Some("../../etc/pass\u{202e}wd.md")), "passwd.md");
        assert_eq!(name_of(Some("C:\\docs\\Año 1.PDF")), "Año 1.PDF");
        assert_eq!(name_of(Some(" \t ")), "document");
        assert_eq!(name_of(None), "document");
    }
}
