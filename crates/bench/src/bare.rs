//! What the server is compared with: a handler of the same axum, with nothing around it.

use std::net::Ipv4Addr;
use std::path::Path;

use axum::Router;
use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;

use crate::Result;

/// Answers every GET of `/` with the bytes of a file, until it is killed.
pub(crate) fn serve(port: u16, file: &Path) -> Result<()> {
    let body = Bytes::from(std::fs::read(file)?);
    let handler = move || {
        let body = body.clone();
        async move { ([(CONTENT_TYPE, "application/json")], body) }
    };
    let router = Router::new().route("/", get(handler)).route("/health", get(|| async { "ok" }));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        Ok(axum::serve(listener, router).await?)
    })
}
