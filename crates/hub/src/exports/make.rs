//! Makes the files of exports, a part for each metric.

use std::time::Duration;

use ::jobs::{Context, Failure, NewJob, Outcome, Payload, Registry};
use input::table::{Dialect, Writer};
use kernel::{Day, Result};
use mail::NewMail;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::model::{Export, ExportId, ExportStatus, FileFormat, KEPT};
use super::{link, store};
use crate::model::{Granularity, Metric, spans};
use crate::{Hub, figures};

/// The kind of job that makes an export.
const MAKE: &str = "hub.export";
/// The kind of job that forgets those whose time is over.
const FORGET: &str = "hub.forget_exports";
/// Exports that are forgotten in one transaction.
const BATCH: u32 = 100;

/// The columns of a file.
const COLUMNS: [&str; 6] = ["date", "metric", "segment_by", "segment", "segment_name", "value"];

#[derive(Serialize, Deserialize)]
struct Wanted {
    export_id: ExportId,
}

/// The job that makes this export.
pub(super) fn job(export_id: ExportId) -> Result<NewJob> {
    NewJob::new(MAKE, &Wanted { export_id })
}

/// What the hub does by itself.
pub(crate) fn jobs(hub: &Hub) -> Registry {
    let mut registry = Registry::new();
    let own = hub.clone();
    registry.on(MAKE, move |context: Context, payload: Payload| {
        let hub = own.clone();
        async move {
            let Wanted { export_id } = payload.read()?;
            match make(&hub, export_id).await {
                Err(error) if context.attempt >= context.max_attempts => {
                    fail(&hub, export_id).await?;
                    Err(Failure::GiveUp(error.to_string()))
                }
                made => Ok(made?),
            }
        }
    });
    registry.on(FORGET, |context, _| forget(context)).every(Duration::from_hours(1), FORGET);
    registry
}

async fn make(hub: &Hub, id: ExportId) -> Result<()> {
    let found = store::any(&mut hub.app().read().await?, id).await?;
    let Some(export) = found.filter(|export| export.status == ExportStatus::Processing) else { return Ok(()) };
    for (place, metric) in export.metrics().into_iter().enumerate() {
        let (rows, body) = part(hub, &export, metric, place == 0).await?;
        let mut tx = hub.app().write().await?;
        if !store::keep(&mut tx, id, place as u64, rows, &body).await? {
            return Ok(());
        }
        tx.commit().await?;
    }
    complete(hub, export).await
}

/// The export is whole, and whoever is to be told is written to: in one transaction, and once.
async fn complete(hub: &Hub, export: Export) -> Result<()> {
    let now = hub.app().clock().now();
    let mut tx = hub.app().write().await?;
    let (rows_written, bytes) = store::written(&mut tx, export.id).await?;
    let done = Export {
        status: ExportStatus::Completed,
        parts_done: export.parts,
        rows_written,
        bytes,
        completed_at: Some(now),
        expires_at: now.plus(KEPT),
        ..export
    };
    if !store::end(&mut tx, &done).await? {
        return Ok(());
    }
    if let Some(to) = &done.email {
        let letter = NewMail {
            workspace: Some(done.workspace_id),
            to: to.clone(),
            subject: format!("Your analytics export is ready: {}", done.file_name()),
            text: letter(&done, &link::url(&done, hub.app().public_url(), now, link::MAILED)?),
            ..NewMail::default()
        };
        mail::queue(&mut tx, hub.app(), letter).await?;
    }
    tx.commit().await
}

fn letter(export: &Export, link: &str) -> String {
    format!(
        "The export of your figures from {} to {} is ready: {} rows about {}.\n\nDownload {}:\n{link}\n\nThe link works for 24 hours, for anybody who \
         has it. The file is kept for 7 days; ask for export {} to get another link.\n",
        export.first_day,
        export.last_day,
        export.rows_written,
        export.metrics.0.join(", "),
        export.file_name(),
        export.id,
    )
}

async fn fail(hub: &Hub, id: ExportId) -> Result<()> {
    let mut tx = hub.app().write().await?;
    let found = store::any(&mut tx, id).await?;
    let Some(export) = found.filter(|export| export.status == ExportStatus::Processing) else { return Ok(()) };
    store::end(&mut tx, &Export { status: ExportStatus::Failed, ..export }).await?;
    tx.commit().await
}

async fn forget(context: Context) -> Outcome {
    loop {
        let mut tx = context.db.write().await?;
        let forgotten = store::forget(&mut tx, context.clock.now(), BATCH).await?;
        tx.commit().await?;
        if forgotten < u64::from(BATCH) {
            return Ok(());
        }
    }
}

/// The rows of a metric, as they stand in the file, and how many there are; the first part has the head of a table.
async fn part(hub: &Hub, export: &Export, metric: Metric, is_first: bool) -> Result<(u64, String)> {
    let spans = spans((export.first_day, export.last_day), Granularity::Day);
    let mut lines = Lines::new(export.format);
    if is_first {
        lines.head();
    }
    let mut tx = hub.app().read().await?;
    for (place, segment) in metric.segments().iter().enumerate() {
        let found = figures::of(hub, &mut tx, export.workspace_id, metric, Some(*segment), &spans).await?;
        for point in &found.points {
            if place == 0 {
                lines.row(point.date, metric.word(), None, point.value);
                if let Some(completed) = point.completed {
                    lines.row(point.date, "program_completions", None, completed);
                }
            }
            for (key, value) in &point.segments {
                let name = found.names.get(key).map_or("", String::as_str);
                lines.row(point.date, metric.word(), Some((segment.word(), key, name)), *value);
            }
        }
    }
    Ok((lines.count, lines.text()))
}

/// Rows of a file.
struct Lines {
    format: FileFormat,
    table: Writer,
    json: String,
    count: u64,
}

impl Lines {
    fn new(format: FileFormat) -> Self {
        Self { format, table: Writer::new(Dialect::default()), json: String::new(), count: 0 }
    }

    fn head(&mut self) {
        if self.format == FileFormat::Csv {
            self.table.head(COLUMNS);
        }
    }

    /// A figure: of everything, or of a segment with its key and its name.
    fn row(&mut self, date: Day, metric: &str, segment: Option<(&str, &str, &str)>, value: u64) {
        self.count += 1;
        let (by, key, name) = segment.unwrap_or_default();
        match self.format {
            FileFormat::Csv => {
                self.table.cell(&date.to_string());
                self.table.cell(metric);
                self.table.cell(by);
                self.table.cell(key);
                // What a coach wrote is no formula in a spreadsheet.
                self.table.text(name);
                self.table.number(&value.to_string());
                self.table.end();
            }
            FileFormat::Jsonl => {
                let told = |text: &str| (!text.is_empty()).then(|| text.to_owned());
                let row = json!({"date": date, "metric": metric, "segment_by": told(by), "segment": told(key),
                    "segment_name": told(name), "value": value});
                self.json.push_str(&row.to_string());
                self.json.push('\n');
            }
        }
    }

    fn text(self) -> String {
        match self.format {
            FileFormat::Csv => String::from_utf8_lossy(&self.table.into_bytes()).into_owned(),
            FileFormat::Jsonl => self.json,
        }
    }
}
