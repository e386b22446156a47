//! Rows of a table, some at a time: read on a thread of its own, ahead of whoever writes them.

use input::table::{Rows, Said, Shape, Source};
use input::{Fields, Input};
use kernel::{Error, Result};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use utoipa::ToSchema;

/// A row that was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RowFault {
    /// The line of the file, from 1, on which the row begins.
    pub line: u64,
    /// What is wrong, and what would be right.
    pub message: String,
}

/// A row, or why it is none.
#[derive(Debug)]
pub struct Taken<T> {
    /// The line of the file, from 1, on which it begins.
    pub line: u64,
    /// What it says.
    pub row: std::result::Result<T, String>,
}

/// Some rows.
#[derive(Debug)]
pub struct Batch<T> {
    /// In the order of the file.
    pub rows: Vec<Taken<T>>,
    /// How much of the file was read with them.
    pub bytes: u64,
}

/// The rows of a table in batches.
pub struct Batches<T> {
    receive: mpsc::Receiver<Result<Batch<T>>>,
    reading: Option<JoinHandle<()>>,
}

impl<T: Send + 'static> Batches<T> {
    /// Begins to read a table, `most` rows at a time. Its columns are the fields of `I`; `make` makes a row of those of a line. Whoever drops
    /// this ends the reading.
    pub fn of<I: Input + 'static>(
        source: Source,
        said: Said,
        shape: &'static Shape,
        most: usize,
        make: fn(u64, Fields) -> std::result::Result<T, String>,
    ) -> Self {
        let (send, receive) = mpsc::channel(2);
        let reading = tokio::task::spawn_blocking(move || {
            match Rows::of::<I>(source, said, shape) {
                Ok(rows) => read(rows, most, make, &send),
                // Nobody listens any more if the request is over.
                Err(error) => drop(send.blocking_send(Err(error))),
            }
        });
        Self { receive, reading: Some(reading) }
    }

    /// The next rows; nothing at the end. What comes before a fault of the file is handed over before the fault is.
    pub async fn next(&mut self) -> Result<Option<Batch<T>>> {
        if let Some(batch) = self.receive.recv().await {
            return batch.map(Some);
        }
        match self.reading.take() {
            Some(reading) => reading.await.map_err(Error::internal).map(|()| None),
            None => Ok(None),
        }
    }
}

fn read<T>(
    mut rows: Rows,
    most: usize,
    make: fn(u64, Fields) -> std::result::Result<T, String>,
    send: &mpsc::Sender<Result<Batch<T>>>,
) {
    let mut batch = Vec::with_capacity(most);
    loop {
        let next = rows.next_row();
        let bytes = rows.bytes_read();
        let is_end = match next {
            Ok(Some(row)) => {
                let line = row.line;
                batch.push(Taken { line, row: row.fields.and_then(|fields| make(line, fields)) });
                false
            }
            Ok(None) => true,
            Err(error) => {
                if !batch.is_empty() {
                    // If nobody listens to this, nobody listens to the fault either.
                    let _ = send.blocking_send(Ok(Batch { rows: batch, bytes }));
                }
                let _ = send.blocking_send(Err(error));
                return;
            }
        };
        if batch.len() >= most || is_end {
            let rows = std::mem::replace(&mut batch, Vec::with_capacity(most));
            if send.blocking_send(Ok(Batch { rows, bytes })).is_err() || is_end {
                return;
            }
        }
    }
}
