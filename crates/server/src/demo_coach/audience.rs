//! The coach's audience: who came when, what they did, and what the coach remembers of them.

use audience::members::{get, give_badge, interaction, opt_in, reach};
use audience::{Channel, Identity, IdentityKind, InteractionKind, Member, MemberId, Purpose, Seed};
use db::Tx;
use kernel::{Error, Result, time};
use samples::coach::{BADGES, Badge, Coach};
use serde_json::{Map, Value, json};

use super::past::Past;
use super::{Event, channel_of, member_of};

/// A weekly question is asked so long before it is answered.
const ASKED: i64 = 20 * time::MINUTE;

impl Past {
    /// Something that nobody reacts to.
    pub(super) async fn quiet(
        &self,
        tx: &mut Tx,
        world: &Coach,
        members: &mut [Option<MemberId>],
        event: Event<'_>,
    ) -> Result<()> {
        match event {
            Event::Joins(index) => {
                members[index] = Some(self.joins(tx, &world.members[index]).await?);
                Ok(())
            }
            Event::IsActive(index) => {
                let member = self.member(tx, member_of(members, index)?).await?;
                self.is_active(tx, &member).await
            }
            Event::Earns(index, badge) => {
                let member = self.member(tx, member_of(members, index)?).await?;
                self.earns(tx, &member, badge).await
            }
            Event::Uploads(..) | Event::Said(_) | Event::Takes(..) | Event::Looks | Event::Subscribes => Ok(()),
        }
    }

    async fn member(&self, tx: &mut Tx, id: MemberId) -> Result<Member> {
        get(tx, self.hub, id).await?.ok_or_else(|| Error::internal("a member of the sample world is gone"))
    }

    async fn joins(&self, tx: &mut Tx, sample: &samples::coach::Member) -> Result<MemberId> {
        let channel = channel_of(sample)?;
        let known_by: Vec<Identity> = Identity::new(IdentityKind::External, &sample.external_id)
            .into_iter()
            .chain(Identity::implied(channel, &sample.external_id))
            .collect();
        let seed = Seed {
            external_id: Some(sample.external_id.clone()),
            profile: profile(sample),
            timezone: Some(sample.timezone.clone()),
            language: Some(sample.language.clone()),
        };
        let member = reach(tx, self.hub, channel, &known_by, seed).await?;
        // Whoever only tries it has not agreed to be written to unasked.
        if !sample.tags.iter().any(|tag| tag == "trial") {
            opt_in(tx, &member, (None, Purpose::Any), "ticked in the form for new members", self.clock.now()).await?;
        }
        Ok(member.id)
    }

    /// On the website and in the app members look; in a messenger they answer the weekly question.
    async fn is_active(&self, tx: &mut Tx, member: &Member) -> Result<()> {
        let (channel, now) = (member.channel, self.clock.now());
        match channel {
            Channel::Web | Channel::Mobile => {
                interaction(tx, member, InteractionKind::WidgetOpened, channel, now).await?;
            }
            Channel::Whatsapp | Channel::Telegram => {
                interaction(tx, member, InteractionKind::QuestionAsked, channel, now.plus(-ASKED)).await?;
                interaction(tx, member, InteractionKind::QuestionAnswered, channel, now).await?;
            }
        }
        Ok(())
    }

    async fn earns(&self, tx: &mut Tx, member: &Member, badge: Badge) -> Result<()> {
        let found = BADGES.iter().position(|one| *one == badge).and_then(|index| self.badges.get(index));
        let id = found.ok_or_else(|| Error::internal("the sample world has a badge that was not made"))?;
        give_badge(tx, member, *id, self.clock.now()).await.map(drop)
    }

    /// Gives members their tags, and writes down what the coach remembers of them.
    pub(super) async fn sort_members(&self, world: &Coach, members: &[Option<MemberId>]) -> Result<()> {
        for (index, sample) in world.members.iter().enumerate() {
            let path = format!("/api/v1/users/{}", member_of(members, index)?);
            self.post(&format!("{path}/tags"), &json!({"tags": sample.tags})).await?;
            if let Some(note) = &sample.note {
                self.post(&format!("{path}/notes"), &json!({"content": note})).await?;
            }
        }
        Ok(())
    }
}

fn profile(sample: &samples::coach::Member) -> Map<String, Value> {
    let preferences = json!({"communication_style": sample.style, "frequency": sample.frequency});
    [
        ("name", json!(sample.name)),
        ("goals", json!(sample.goals)),
        ("preferences", preferences),
        ("source", json!("sample data of the demo")),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect()
}
