//! Files in a folder: in pieces, by ranges, over one another, and gone.

use bytes::Bytes;
use futures::TryStreamExt as _;
use ports::files::{Files, MemoryFiles, read_all};
use providers::files::{FileSettings, ObjectFiles};

async fn put(files: &dyn Files, name: &str, pieces: &[&'static [u8]]) {
    let mut upload = files.create(name).await.unwrap();
    for piece in pieces {
        upload.write(Bytes::from_static(piece)).await.unwrap();
    }
    upload.finish().await.unwrap();
}

async fn story(files: &dyn Files) {
    assert_eq!(files.size("a/b.wav").await.unwrap(), None);
    assert!(files.read("a/b.wav", None).await.unwrap().is_none());
    put(files, "a/b.wav", &[b"RIFF", b"0123", b"456789"]).await;
    assert_eq!(files.size("a/b.wav").await.unwrap(), Some(14));
    assert_eq!(read_all(files, "a/b.wav").await.unwrap().unwrap(), "RIFF0123456789");
    let pieces: Vec<Bytes> = files.read("a/b.wav", Some(4..8)).await.unwrap().unwrap().try_collect().await.unwrap();
    assert_eq!(pieces.concat(), b"0123");
    put(files, "a/b.wav", &[b"anew"]).await;
    assert_eq!(read_all(files, "a/b.wav").await.unwrap().unwrap(), "anew");
    let mut dropped = files.create("a/c.wav").await.unwrap();
    dropped.write(Bytes::from_static(b"half")).await.unwrap();
    dropped.abort().await;
    assert_eq!(files.size("a/c.wav").await.unwrap(), None);
    files.delete("a/b.wav").await.unwrap();
    files.delete("a/b.wav").await.unwrap();
    assert_eq!(files.size("a/b.wav").await.unwrap(), None);
}

#[tokio::test]
async fn a_folder_keeps_files() {
    let folder = std::env::temp_dir().join(format!("influencerflow-files-{}", std::process::id()));
    story(&ObjectFiles::local(&folder)).await;
    assert!(ObjectFiles::local(&folder).size("../../etc/passwd").await.is_err());
    std::fs::remove_dir_all(&folder).unwrap();
}

#[tokio::test]
async fn memory_does_the_same() {
    story(&MemoryFiles::default()).await;
}

#[test]
fn settings_name_a_bucket() {
    let read = |pairs: &[(&str, &str)]| {
        let variables = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let mut from = kernel::Variables::new(&variables);
        let settings = FileSettings::read(&mut from);
        from.finish().map(|()| settings)
    };
    assert!(matches!(read(&[]).unwrap(), FileSettings::Local));
    let FileSettings::S3(bucket) = read(&[("STORAGE_URL", "s3://recordings/app/")]).unwrap() else { panic!("S3") };
    assert_eq!((bucket.bucket.as_str(), bucket.prefix.as_str()), ("recordings", "app"));
    for url in ["ftp://x", "s3://", "recordings"] {
        assert!(read(&[("STORAGE_URL", url)]).is_err(), "{url}");
    }
    assert!(read(&[("STORAGE_URL", "s3://a"), ("AWS_ACCESS_KEY_ID", "id")]).is_err());
}
