//! Versions of programs that were read already. They never change, so that what is kept here is never old.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use db::Tx;
use input::Fields;
use kernel::{Error, Result, WorkspaceId};
use serde_json::{Map, Value};

use crate::model::kind::Reentry;
use crate::model::{Flow, ProgramId};
use crate::rows::{Program, ProgramSettings, Version};
use crate::store;

/// So many are kept.
const MOST: usize = 500;

/// A version of a program that can be walked.
#[derive(Clone, Debug)]
pub struct Published {
    /// What the program was called then.
    pub name: String,
    /// The flow.
    pub flow: Flow,
    /// What is set.
    pub settings: ProgramSettings,
}

impl Published {
    /// Reads a version; what was stored can always be read, unless a newer program stored it.
    pub fn read(version: &Version) -> Result<Self> {
        let (flow, _) = Flow::read(&version.definition.0).map_err(|problems| {
            Error::internal(format!("a published flow cannot be read: {:?}", problems.all().first()))
        })?;
        Ok(Self { name: version.name.clone(), flow, settings: settings(&version.settings.0)? })
    }

    /// The draft of a program, as if it were published.
    pub fn of_draft(program: &Program) -> Result<Self> {
        let (flow, _) = Flow::read(&program.definition.0).map_err(|problems| Error::invalid(problems.faults()))?;
        Ok(Self { name: program.name.clone(), flow, settings: settings(&program.settings.0)? })
    }

    /// May somebody take part once more?
    pub fn reentry(&self) -> Reentry {
        self.settings.reentry.or_else(|| self.flow.start().map(|(_, start)| start.reentry)).unwrap_or_default()
    }
}

/// Settings as they were sent, read.
pub(crate) fn settings(sent: &Map<String, Value>) -> Result<ProgramSettings> {
    Fields::of_body(Value::Object(sent.clone()))?.read()
}

/// What was read.
#[derive(Default)]
pub(crate) struct Flows(Mutex<HashMap<(ProgramId, i64), Arc<Published>>>);

impl Flows {
    /// A version of a program.
    pub(crate) async fn get(
        &self,
        tx: &mut Tx,
        workspace: WorkspaceId,
        program: ProgramId,
        number: i64,
    ) -> Result<Option<Arc<Published>>> {
        let key = (program, number);
        if let Some(found) = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(Some(Arc::clone(found)));
        }
        let Some(version) = store::programs::version(workspace, tx, program, number).await? else { return Ok(None) };
        let read = Arc::new(Published::read(&version)?);
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST {
            kept.clear();
        }
        kept.insert(key, Arc::clone(&read));
        Ok(Some(read))
    }
}
