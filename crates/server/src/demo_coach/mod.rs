//! The coach of the demo: two bases, an audience, and conversations in every state.
//!
//! What people say is written down in `samples`; everything else comes of it here, as it would in earnest: a server whose clock stands in the
//! past is told of each thing at its time, through the routes and webhooks by which people and providers tell it, and does its work. So every
//! answer was found in the documents, and every figure is counted from rows.

mod audience;
mod past;
mod taking;
mod talk;

use ::audience::{Channel, MemberId};
use kernel::{Error, Result, Timestamp, time};
use samples::coach::{Badge, Coach, Document, Step, Takes};

use crate::build::Server;
use crate::demo;
use crate::settings::Settings;
use past::Past;

/// The coach that one may log in as.
pub const COACH: &str = "coach@demo.example.com";
/// So often the rules look, in the past; in earnest it is every minute.
const LOOKS: i64 = 4 * time::DAY;
/// So long ago the coach subscribed to what happens.
const SUBSCRIBED: i64 = 12 * time::DAY;
const LOADED: &str = "demo_coach";

/// Something that happened.
enum Event<'a> {
    /// The coach uploads a document to a base.
    Uploads(usize, &'a Document),
    /// Somebody becomes a member,
    Joins(usize),
    /// does something,
    IsActive(usize),
    /// or earns something.
    Earns(usize, Badge),
    /// A step of a conversation.
    Said(&'a Step),
    /// Somebody begins a program, or answers in it.
    Takes(usize, Takes),
    /// It is looked who has gone quiet.
    Looks,
    /// The coach has another program told of what happens.
    Subscribes,
}

/// Tells the past of the demo's coach, once.
pub async fn load(server: &Server, settings: &Settings) -> Result<()> {
    if !demo::begins(server.app.db(), LOADED).await? {
        return Ok(());
    }
    let world = samples::coach::coach(server.app.clock().now());
    let begins = world.members.iter().map(|member| member.since).min();
    let begins = begins.ok_or_else(|| Error::internal("the sample coach coaches nobody"))?.plus(-time::DAY);
    let mut past = Past::open(server, settings, begins).await?;
    past.set_time_zone().await?;
    past.make_bases(&world).await?;
    past.make_channels().await?;
    past.make_badges().await?;
    past.make_programs(&world).await?;
    past.make_rules().await?;
    let mut members: Vec<Option<MemberId>> = vec![None; world.members.len()];
    let mut events = events(&world, begins, server.app.clock().now()).into_iter().peekable();
    while let Some((at, event)) = events.next() {
        past.until(at).await?;
        match event {
            Event::Uploads(base, document) => past.upload(base, document).await?,
            Event::Said(step) => past.step(&world, step, member_of(&members, step.member)?).await?,
            Event::Takes(index, takes) => past.takes(&world, index, member_of(&members, index)?, takes).await?,
            Event::Looks => past.looks().await?,
            Event::Subscribes => past.subscribes().await?,
            quiet => {
                let due = past.next_due().await?;
                let is_next = |at: Timestamp| due.is_none_or(|due| at < due);
                // What nobody reacts to shares a transaction.
                let mut tx = past.server.app.db().write().await?;
                past.quiet(&mut tx, &world, &mut members, quiet).await?;
                while let Some((at, quiet)) = events.next_if(|(at, event)| event.is_quiet() && is_next(*at)) {
                    past.forward(at);
                    past.quiet(&mut tx, &world, &mut members, quiet).await?;
                }
                tx.commit().await?;
            }
        }
    }
    past.sort_members(&world, &members).await?;
    past.close().await
}

impl Event<'_> {
    fn is_quiet(&self) -> bool {
        matches!(self, Self::Joins(_) | Self::IsActive(_) | Self::Earns(..))
    }
}

/// Everything that happened, in the order of time.
fn events(world: &Coach, begins: Timestamp, now: Timestamp) -> Vec<(Timestamp, Event<'_>)> {
    let mut events = Vec::new();
    for (index, base) in world.bases.iter().enumerate() {
        for document in &base.documents {
            events.push((document.dated.max(begins), Event::Uploads(index, document)));
        }
    }
    for (index, member) in world.members.iter().enumerate() {
        events.push((member.since, Event::Joins(index)));
        events.extend(member.active.iter().map(|at| (*at, Event::IsActive(index))));
        events.extend(member.badges.iter().map(|(badge, at)| (*at, Event::Earns(index, *badge))));
    }
    events.extend(world.steps.iter().map(|step| (step.at, Event::Said(step))));
    events.extend(world.takes.iter().map(|(at, index, takes)| (*at, Event::Takes(*index, *takes))));
    let looks = (1..).map(|time| begins.plus(time * LOOKS)).take_while(|at| *at < now);
    events.extend(looks.map(|at| (at, Event::Looks)));
    events.push((now.plus(-SUBSCRIBED).max(begins), Event::Subscribes));
    events.sort_by_key(|(at, _)| *at);
    events
}

fn member_of(members: &[Option<MemberId>], index: usize) -> Result<MemberId> {
    let found = members.get(index).copied().flatten();
    found.ok_or_else(|| Error::internal("the sample world has somebody speak who has not come yet"))
}

/// Where a member of the sample world is reached.
fn channel_of(member: &samples::coach::Member) -> Result<Channel> {
    Channel::parse(&member.channel)
        .ok_or_else(|| Error::internal(format!("the sample world has the unknown channel {}", member.channel)))
}
