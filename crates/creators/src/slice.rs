//! The directory as a part of the server.

use http_base::Slice;
use serde_json::json;

use crate::{Directory, jobs, router};

/// All of it, for the server: health looks whether the catalogue can follow, and the gauges tell how large it is.
pub fn slice(directory: &Directory) -> Slice {
    let (looked_at, counted) = (directory.clone(), directory.clone());
    Slice::new("creators", router(directory.clone()))
        .jobs(jobs(directory))
        .data(crate::data::kept())
        .check("index", move || {
            let directory = looked_at.clone();
            async move {
                directory.catalogue().fresh().await?;
                let columns = directory.catalogue().read();
                Ok(json!({
                    "creators": columns.len(),
                    "vectors": directory.backend().name(),
                    "vector_count": columns.vector_count(),
                    "model": directory.catalogue().model(),
                }))
            }
        })
        .gauges(move || {
            let directory = counted.clone();
            async move {
                let columns = directory.catalogue().read();
                metrics::gauge!("index_creators").set(columns.len() as f64);
                metrics::gauge!("index_vectors").set(columns.vector_count() as f64);
                metrics::gauge!("index_vector_bytes").set(columns.vector_bytes() as f64);
                metrics::gauge!("index_version").set(columns.seq() as f64);
            }
        })
}
