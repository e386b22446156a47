//! The coach's programs and rules, and the time that passes between what people do: members are written to when it is their hour.

use audience::MemberId;
use jobs::NewJob;
use kernel::{Error, Result, Timestamp, time};
use samples::coach::{Coach, Takes};
use serde_json::{Value, json};

use super::past::{Past, text};

/// Runs of programs are looked at no more often than this: what waits for a person would be looked at without end.
const BETWEEN: i64 = time::HOUR;

impl Past {
    /// Draws the programs, and publishes those that are finished.
    pub(super) async fn make_programs(&mut self, world: &Coach) -> Result<()> {
        for program in &world.programs {
            let flow: Value = serde_json::from_str(program.flow).map_err(Error::internal)?;
            let badge = program.badge.and_then(|badge| samples::coach::BADGES.iter().position(|one| *one == badge));
            let settings = match badge.and_then(|index| self.badges.get(index)) {
                Some(badge) => json!({"auto_enroll": false, "completion_badge": badge}),
                None => json!({"auto_enroll": false}),
            };
            let body = json!({"name": program.name, "description": program.description, "flow_definition": flow,
                "settings": settings});
            let id = text(&self.post("/api/v1/programs", &body).await?, "id")?;
            if program.is_published {
                self.post(&format!("/api/v1/programs/{id}/publish"), &json!({})).await?;
            }
            self.programs.push(id);
        }
        Ok(())
    }

    /// Makes the rules: one that writes to who has gone quiet, and one that only tells the coach.
    pub(super) async fn make_rules(&self) -> Result<()> {
        let quiet = json!({"name": "Inactivity follow-up", "description": "Asks after five days of silence",
            "trigger_conditions": {"type": "inactivity", "threshold_hours": 120, "applies_to": "all_users"},
            "actions": [{"type": "send_message", "delay_minutes": 30, "message_template":
                "Hey {user_name}! I noticed you haven't checked in for a few days. How are you doing with your goals?"}],
            "is_active": true});
        let stalled = json!({"name": "Stuck in a program", "description": "Tells me who has not moved on for ten days",
            "trigger_conditions": {"type": "program_stalled", "threshold_hours": 240},
            "actions": [{"type": "notify_coach"}], "is_active": true});
        for rule in [quiet, stalled] {
            self.post("/api/v1/proactive-engine/rules", &rule).await?;
        }
        Ok(())
    }

    /// A member begins a program, or answers in it.
    pub(super) async fn takes(&mut self, world: &Coach, index: usize, member: MemberId, takes: Takes) -> Result<()> {
        match takes {
            Takes::Begins(program) => {
                // Programs go by tags.
                let path = format!("/api/v1/users/{member}");
                self.post(&format!("{path}/tags"), &json!({"tags": world.members[index].tags})).await?;
                let program = self.programs.get(program).cloned().unwrap_or_default();
                self.post(&format!("{path}/programs/{program}/enroll"), &json!({})).await?;
            }
            Takes::Answers(words) => self.writes((index, &world.members[index]), words).await?,
        }
        self.work().await?;
        self.arrives().await
    }

    /// When the next run of a program is due.
    pub(super) async fn next_due(&self) -> Result<Option<Timestamp>> {
        programs::next_due(&mut self.server.app.db().read().await?).await
    }

    /// Moves the clock on to a moment, and does on the way what is due by then.
    pub(super) async fn until(&mut self, at: Timestamp) -> Result<()> {
        let mut earliest = self.clock.now();
        while let Some(due) = self.next_due().await?.map(|due| due.max(earliest)).filter(|due| *due < at) {
            self.forward(due);
            self.work().await?;
            self.arrives().await?;
            earliest = self.clock.now().plus(BETWEEN);
        }
        self.forward(at);
        Ok(())
    }

    /// Has the rules look who has gone quiet.
    pub(super) async fn looks(&mut self) -> Result<()> {
        for kind in ["proactive.scan", "proactive.send"] {
            let mut tx = self.server.app.db().write().await?;
            jobs::enqueue(&mut tx, &self.clock, NewJob::new(kind, &json!({}))?).await?;
            tx.commit().await?;
            self.work().await?;
            // What was found is due half an hour later.
            self.wait(time::HOUR);
        }
        self.arrives().await
    }
}
