//! What a coach answered once is told to everybody who had asked it on a channel.

use async_trait::async_trait;
use channels::Channels;
use db::{EventRow, Tx};
use events::{Event as _, Handler, Subscribers, Subscription};
use kernel::Result;
use knowledge::Knowledge;
use knowledge::events::GapAnswered;
use uuid::Uuid;

/// Everyone who follows events for this.
pub(crate) fn subscribers(knowledge: &Knowledge, channels: &Channels) -> Subscribers {
    let mut all = Subscribers::new();
    let told = Told { knowledge: knowledge.clone(), channels: channels.clone() };
    all.add(Subscription::new("answers-told", told).to([GapAnswered::NAME]));
    all
}

struct Told {
    knowledge: Knowledge,
    channels: Channels,
}

#[async_trait]
impl Handler for Told {
    async fn handle(&self, tx: &mut Tx, event: &EventRow) -> Result<()> {
        let gap: GapAnswered = events::read(event)?;
        if !gap.tell {
            return Ok(());
        }
        // As it is worded now; what was deleted meanwhile is told to nobody.
        let Some(correction) = self.knowledge.correction(tx, gap.workspace_id, gap.correction_id).await? else {
            return Ok(());
        };
        let questions: Vec<Uuid> = gap.question_ids.iter().map(|id| id.uuid()).collect();
        let key = format!("gap:{}", gap.gap_id);
        let answer = &correction.answer;
        channels::tell_answer(&self.channels, tx, gap.workspace_id, &questions, answer, &key).await.map(drop)
    }
}
