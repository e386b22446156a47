//! What makes runs begin, go on and end by itself: events of the audience, of channels and of programs.

use async_trait::async_trait;
use audience::events::{UserCreated, UserOptedOut, UserTagged, UserUpdated};
use audience::{MemberId, Permitted, Purpose, members};
use channels::conversations::Handler as Holder;
use channels::events::ConversationHandled;
use db::{EventRow, Tx};
use events::{Event as _, Handler, Subscribers, Subscription};
use kernel::{Result, WorkspaceId};

use super::tick::step_one;
use crate::Programs;
use crate::enrol::{self, How};
use crate::events::ProgramCompleted;
use crate::model::{Event, ProgramId, Trigger, Waiting};
use crate::store::replies::BELL;
use crate::store::{enrolments, programs as stored};

/// Everyone who follows events for programs.
pub(crate) fn subscribers(of: &Programs) -> Subscribers {
    let mut all = Subscribers::new();
    let starts = [UserCreated::NAME, UserTagged::NAME, ProgramCompleted::NAME];
    all.add(Subscription::new("programs-begin", Beginning(of.clone())).to(starts));
    let moves = [UserUpdated::NAME, UserOptedOut::NAME, ConversationHandled::NAME];
    all.add(Subscription::new("programs-go-on", GoingOn(of.clone())).to(moves));
    all
}

struct Beginning(Programs);

#[async_trait]
impl Handler for Beginning {
    async fn handle(&self, tx: &mut Tx, event: &EventRow) -> Result<()> {
        match event.kind.as_str() {
            UserCreated::NAME => {
                let of: UserCreated = events::read(event)?;
                let by = (Trigger::MemberCreated, None, None);
                self.begin(tx, of.workspace_id, of.user_id, by, "member_created").await
            }
            UserTagged::NAME => {
                let of: UserTagged = events::read(event)?;
                let by = (Trigger::Tag, Some(of.tag.as_str()), None);
                self.begin(tx, of.workspace_id, of.user_id, by, "tag").await
            }
            ProgramCompleted::NAME => {
                let of: ProgramCompleted = events::read(event)?;
                let by = (Trigger::ProgramCompleted, None, Some(of.program_id));
                self.begin(tx, of.workspace_id, of.user_id, by, "program_completed").await
            }
            _ => Ok(()),
        }
    }
}

impl Beginning {
    async fn begin(
        &self,
        tx: &mut Tx,
        workspace: WorkspaceId,
        member: MemberId,
        (by, tag, after): (Trigger, Option<&str>, Option<ProgramId>),
        how: &str,
    ) -> Result<()> {
        let programs = stored::that_start(workspace, tx, by, tag, after).await?;
        if !programs.is_empty() {
            enrolments::hold(workspace, tx, &[member]).await?;
        }
        for program in programs {
            // Whoever may not begin (they have, or want no messages) does not.
            enrol::begin(&self.0, tx, (workspace, member), program.id, How::automatic(how)).await?;
        }
        Ok(())
    }
}

struct GoingOn(Programs);

#[async_trait]
impl Handler for GoingOn {
    async fn handle(&self, tx: &mut Tx, event: &EventRow) -> Result<()> {
        let now = self.0.app().clock().now();
        match event.kind.as_str() {
            UserUpdated::NAME => {
                let of: UserUpdated = events::read(event)?;
                enrolments::hold(of.workspace_id, tx, &[of.user_id]).await?;
                for run in enrolments::under_way(of.workspace_id, tx, of.user_id).await? {
                    if matches!(run.waiting_for, Waiting::Time | Waiting::TimeOrReply) {
                        step_one(&self.0, tx, run.workspace_id, run.id, &Event::Rezoned, now).await?;
                    }
                }
            }
            UserOptedOut::NAME => {
                let of: UserOptedOut = events::read(event)?;
                let Some(member) = members::get(tx, of.workspace_id, of.user_id).await? else { return Ok(()) };
                enrolments::hold(of.workspace_id, tx, &[of.user_id]).await?;
                let may = members::may(tx, &member, member.channel, Purpose::Any).await?;
                if matches!(may, Permitted::OptedOut(_)) {
                    for run in enrolments::under_way(of.workspace_id, tx, of.user_id).await? {
                        enrol::leave(tx, &run, "opted_out", now).await?;
                    }
                }
            }
            ConversationHandled::NAME => {
                let of: ConversationHandled = events::read(event)?;
                if of.handler != Holder::Bot {
                    return Ok(());
                }
                enrolments::hold(of.workspace_id, tx, &[of.user_id]).await?;
                enrolments::release(of.workspace_id, tx, of.user_id, now).await?;
                for run in enrolments::at_person(of.workspace_id, tx, of.user_id).await? {
                    step_one(&self.0, tx, run.workspace_id, run.id, &Event::HandedBack, now).await?;
                }
                tx.ring(BELL);
            }
            _ => {}
        }
        Ok(())
    }
}
