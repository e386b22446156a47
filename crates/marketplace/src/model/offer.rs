//! What an offer is, how it moves, and what a change of it may not do.

use collaborations::{Brief, ContractWish, OfferFacts};
use db::Json;
use kernel::{AccountId, Amount, Currency, Error, Fault, Kind, Money, OfferId, Result, Timestamp, WorkspaceId};

use super::input::{ContentSpecs, NewOffer, OfferChanges};
use super::requirements::Requirements;
use super::words::{Category, ClosedReason, Network, OfferStatus};

/// An offer, as it is stored.
#[derive(Clone, Debug, PartialEq, db::Row)]
#[row(table = "offers", key(id), fixed(workspace_id, business_id, views_count, created_at), compare(revision))]
pub struct Offer {
    /// Its id.
    pub id: OfferId,
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// The account that made it.
    pub business_id: AccountId,
    /// Counts every change; whoever changes it names the one they read.
    pub revision: i64,
    /// The version of all offers in which this one last changed.
    pub seq: i64,
    /// Counts what it asks for: another number is another offer to whoever has applied.
    pub version: i64,
    /// Where it stands.
    pub status: OfferStatus,
    /// What is asked for, in a line.
    pub title: String,
    /// More of it.
    pub description: String,
    /// What it is about.
    pub category: Category,
    /// Where the content is published.
    pub platforms: Json<Vec<Network>>,
    /// What a creator gets at least,
    pub budget_min: Amount,
    /// and at most.
    pub budget_max: Amount,
    /// In which currency.
    pub currency: Currency,
    /// Whom it takes.
    pub requirements: Json<Requirements>,
    /// What the content has to meet.
    pub content_specs: Json<ContentSpecs>,
    /// For creators in these countries; none is everywhere.
    pub countries: Json<Vec<String>>,
    /// Until when creators may apply.
    pub application_deadline: Option<Timestamp>,
    /// Until when content has to be handed in.
    pub content_deadline: Option<Timestamp>,
    /// How many creators are wanted; none is as many as like.
    pub places: Option<u32>,
    /// How many of the places are taken.
    pub taken: u32,
    /// Whether a contract is wanted.
    pub contract: ContractWish,
    /// How often a creator may hand in again after a rejection.
    pub max_revisions: u32,
    /// What the business may do with the content, in words.
    pub usage_rights: Option<String>,
    /// Is it in the public list? Else only those who were invited see it.
    pub is_public: bool,
    /// Since when it is paused.
    pub paused_at: Option<Timestamp>,
    /// Since when it is hidden by an administrator.
    pub hidden_at: Option<Timestamp>,
    /// How often it was looked at: once for each account or visitor and day.
    pub views_count: u64,
    /// How many have applied.
    pub applications_count: u64,
    /// When it was published.
    pub published_at: Option<Timestamp>,
    /// When it was archived.
    pub archived_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// What an offer asked for in one of its versions.
#[derive(Clone, Debug, PartialEq, db::Row)]
#[row(table = "offer_versions")]
pub struct OfferVersion {
    /// The offer.
    pub offer_id: OfferId,
    /// Which version.
    pub version: i64,
    /// What is asked for, in a line.
    pub title: String,
    /// More of it.
    pub description: String,
    /// What it is about.
    pub category: Category,
    /// Where the content is published.
    pub platforms: Json<Vec<Network>>,
    /// What a creator gets at least,
    pub budget_min: Amount,
    /// and at most.
    pub budget_max: Amount,
    /// In which currency.
    pub currency: Currency,
    /// What the content has to meet.
    pub content_specs: Json<ContentSpecs>,
    /// For creators in these countries.
    pub countries: Json<Vec<String>>,
    /// Until when creators could apply.
    pub application_deadline: Option<Timestamp>,
    /// Until when content has to be handed in.
    pub content_deadline: Option<Timestamp>,
    /// Whether a contract is wanted.
    pub contract: ContractWish,
    /// How often a creator may hand in again after a rejection.
    pub max_revisions: u32,
    /// What the business may do with the content, in words.
    pub usage_rights: Option<String>,
    /// Since when it asked for that.
    pub created_at: Timestamp,
}

fn fault(field: &str, kind: &'static str, message: impl Into<String>) -> Fault {
    let loc = std::iter::once("body").chain(field.split('.')).map(str::to_owned).collect();
    Fault { loc, message: message.into(), kind }
}

fn told(faults: Vec<Fault>) -> Result<()> {
    if faults.is_empty() { Ok(()) } else { Err(Error::invalid(faults)) }
}

impl Offer {
    /// A new draft.
    pub fn new(
        id: OfferId,
        (workspace_id, business_id): (WorkspaceId, AccountId),
        new: NewOffer,
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            workspace_id,
            business_id,
            revision: 1,
            seq: 0,
            version: 1,
            status: OfferStatus::Draft,
            title: new.title,
            description: new.description,
            category: new.category,
            platforms: Json(new.platforms),
            budget_min: new.budget_min,
            budget_max: new.budget_max,
            currency: new.currency,
            requirements: Json(new.requirements),
            content_specs: Json(new.content_specs),
            countries: Json(new.countries),
            application_deadline: new.application_deadline,
            content_deadline: new.content_deadline,
            places: new.places,
            taken: 0,
            contract: new.contract,
            max_revisions: new.max_revisions,
            usage_rights: new.usage_rights,
            is_public: new.is_public,
            paused_at: None,
            hidden_at: None,
            views_count: 0,
            applications_count: 0,
            published_at: None,
            archived_at: None,
            created_at: now,
            updated_at: now,
        }
    }

    /// Its version as it stands.
    pub fn as_version(&self, now: Timestamp) -> OfferVersion {
        OfferVersion {
            offer_id: self.id,
            version: self.version,
            title: self.title.clone(),
            description: self.description.clone(),
            category: self.category,
            platforms: self.platforms.clone(),
            budget_min: self.budget_min,
            budget_max: self.budget_max,
            currency: self.currency,
            content_specs: self.content_specs.clone(),
            countries: self.countries.clone(),
            application_deadline: self.application_deadline,
            content_deadline: self.content_deadline,
            contract: self.contract,
            max_revisions: self.max_revisions,
            usage_rights: self.usage_rights.clone(),
            created_at: now,
        }
    }

    /// Why it takes no applications at this moment; nothing if it does.
    pub fn closed(&self, now: Timestamp) -> Option<ClosedReason> {
        match self.status {
            OfferStatus::Draft => Some(ClosedReason::NotPublished),
            OfferStatus::Archived => Some(ClosedReason::Archived),
            OfferStatus::Active if self.hidden_at.is_some() => Some(ClosedReason::Hidden),
            OfferStatus::Active if self.paused_at.is_some() => Some(ClosedReason::Paused),
            OfferStatus::Active if self.application_deadline.is_some_and(|deadline| deadline <= now) => {
                Some(ClosedReason::DeadlinePassed)
            }
            OfferStatus::Active if self.is_full() => Some(ClosedReason::PlacesFilled),
            OfferStatus::Active => None,
        }
    }

    /// Are all of its places taken?
    pub fn is_full(&self) -> bool {
        self.places.is_some_and(|places| self.taken >= places)
    }

    /// How many places are left; nothing if there is no bound.
    pub fn places_left(&self) -> Option<u32> {
        self.places.map(|places| places.saturating_sub(self.taken))
    }

    /// What it is about, as a text whose meaning is compared.
    pub fn topic(&self) -> mind::score::Wish {
        mind::score::Wish {
            product_name: self.title.clone(),
            product_description: self.description.chars().take(2_000).collect(),
            product_niche: self.category.niche().to_owned(),
            ..mind::score::Wish::default()
        }
    }

    /// Rules between its fields, each fault told by its field.
    pub fn check(&self) -> Result<()> {
        let mut faults = Vec::new();
        if self.platforms.0.is_empty() {
            faults.push(fault("platforms", "too_short", "must name at least one platform"));
        }
        if self.budget_min > self.budget_max {
            faults.push(fault("budget_min", "out_of_range", "must not be above budget_max"));
        }
        for (field, amount) in [("budget_min", self.budget_min), ("budget_max", self.budget_max)] {
            if !Money::new(amount, self.currency).is_exact() {
                let message = format!("must be whole: {} has no smaller unit", self.currency);
                faults.push(fault(field, "wrong_format", message));
            }
        }
        if let (Some(applications), Some(content)) = (self.application_deadline, self.content_deadline)
            && content <= applications
        {
            faults.push(fault("content_deadline", "out_of_range", "must be after application_deadline"));
        }
        for (at, format) in self.content_specs.0.formats.iter().enumerate() {
            if !format.networks().iter().any(|network| self.platforms.0.contains(network)) {
                let message = format!("there is no {format} on any of the offer's platforms");
                faults.push(fault(&format!("content_specs.formats.{at}"), "out_of_range", message));
            }
        }
        if self.places.is_some_and(|places| places < self.taken) {
            let message = format!("must not be less than the {} that are taken", self.taken);
            faults.push(fault("places", "out_of_range", message));
        }
        told(faults)
    }

    /// The deadlines that do not lie ahead.
    fn past(&self, now: Timestamp) -> Vec<Fault> {
        let deadlines =
            [("application_deadline", self.application_deadline), ("content_deadline", self.content_deadline)];
        let past = deadlines.into_iter().filter(|(_, deadline)| deadline.is_some_and(|deadline| deadline <= now));
        past.map(|(field, _)| fault(field, "out_of_range", "must lie ahead; change the offer first")).collect()
    }

    /// Publishes a draft.
    pub fn publish(&mut self, now: Timestamp) -> Result<()> {
        match self.status {
            OfferStatus::Draft => {}
            OfferStatus::Active => return Err(Error::conflict("The offer is published already")),
            OfferStatus::Archived => {
                return Err(Error::conflict("The offer is archived and stays so; make a new one"));
            }
        }
        self.check()?;
        told(self.past(now))?;
        self.status = OfferStatus::Active;
        self.published_at = Some(now);
        self.updated_at = now;
        Ok(())
    }

    /// Ends it for good.
    pub fn archive(&mut self, now: Timestamp) -> Result<()> {
        if self.status == OfferStatus::Archived {
            return Err(Error::conflict("The offer is archived already"));
        }
        self.status = OfferStatus::Archived;
        self.archived_at = Some(now);
        self.updated_at = now;
        Ok(())
    }

    /// Has it take no applications for a while, or again.
    pub fn pause(&mut self, paused: bool, now: Timestamp) -> Result<()> {
        if self.status != OfferStatus::Active {
            return Err(Error::conflict("Only a published offer is paused and resumed"));
        }
        if self.paused_at.is_some() == paused {
            let message = if paused { "The offer is paused already" } else { "The offer is not paused" };
            return Err(Error::conflict(message));
        }
        self.paused_at = paused.then_some(now);
        self.updated_at = now;
        Ok(())
    }

    /// Writes a change over what was. Says whether it now asks for something else than before.
    pub fn change(&mut self, changes: OfferChanges, now: Timestamp) -> Result<bool> {
        if self.status == OfferStatus::Archived {
            return Err(Error::conflict("The offer is archived and stays as it is; make a new one"));
        }
        let was = self.clone();
        input::set(&mut self.title, changes.title);
        input::set(&mut self.description, changes.description);
        input::set(&mut self.category, changes.category);
        input::set(&mut self.platforms.0, changes.platforms);
        input::set(&mut self.budget_min, changes.budget_min);
        input::set(&mut self.budget_max, changes.budget_max);
        input::set(&mut self.currency, changes.currency);
        input::set(&mut self.requirements.0, changes.requirements);
        input::set(&mut self.content_specs.0, changes.content_specs);
        input::set(&mut self.countries.0, changes.countries);
        input::set(&mut self.application_deadline, changes.application_deadline);
        input::set(&mut self.content_deadline, changes.content_deadline);
        input::set(&mut self.places, changes.places);
        input::set(&mut self.contract, changes.contract);
        input::set(&mut self.max_revisions, changes.max_revisions);
        input::set(&mut self.usage_rights, changes.usage_rights);
        input::set(&mut self.is_public, changes.is_public);
        self.check()?;
        if self.status == OfferStatus::Active {
            // A deadline that has passed may stay; another one has to lie ahead.
            let mut past = self.past(now);
            past.retain(|one| match one.loc.last().map(String::as_str) {
                Some("application_deadline") => self.application_deadline != was.application_deadline,
                _ => self.content_deadline != was.content_deadline,
            });
            told(past)?;
            self.must_not_be_worse_than(&was)?;
        }
        self.updated_at = now;
        Ok(self.as_version(now) != was.as_version(now))
    }

    /// Somebody was accepted on these terms: for them budget and deadlines do not get worse.
    fn must_not_be_worse_than(&self, was: &Self) -> Result<()> {
        if self.taken == 0 {
            return Ok(());
        }
        let shorter = |now: Option<Timestamp>, was: Option<Timestamp>| match (now, was) {
            (Some(now), Some(was)) => now < was,
            (Some(_), None) => true,
            (None, _) => false,
        };
        let worse = [
            ("currency", self.currency != was.currency),
            ("budget_min", self.budget_min < was.budget_min),
            ("budget_max", self.budget_max < was.budget_max),
            ("application_deadline", shorter(self.application_deadline, was.application_deadline)),
            ("content_deadline", shorter(self.content_deadline, was.content_deadline)),
        ];
        let worse: Vec<_> = worse.into_iter().filter(|(_, is)| *is).map(|(field, _)| field).collect();
        if worse.is_empty() {
            return Ok(());
        }
        Err(Error::conflict(format!(
            "Creators were accepted on these terms, and {} must not get worse for them; make a new offer instead",
            worse.join(", ")
        )))
    }
}

impl OfferVersion {
    /// As a collaboration must know it.
    pub fn facts(&self, brand: &str) -> OfferFacts {
        OfferFacts {
            id: self.offer_id,
            version: self.version,
            title: self.title.clone(),
            category: self.category.to_string(),
            platforms: self.platforms.0.iter().map(|network| (*network).into()).collect(),
            formats: self.content_specs.0.formats.iter().map(ToString::to_string).collect(),
            brief: self.brief(brand),
            content_deadline: self.content_deadline,
            max_revisions: self.max_revisions,
            contract: self.contract,
            usage_rights: self.usage_rights.clone(),
        }
    }

    /// What the content has to meet, as the check of content reads it.
    fn brief(&self, brand: &str) -> Brief {
        let specs = &self.content_specs.0;
        Brief {
            required_hashtags: specs.required_hashtags.clone(),
            required_mentions: specs.required_mentions.clone(),
            platforms: self.platforms.0.iter().map(ToString::to_string).collect(),
            formats: specs.formats.iter().map(ToString::to_string).collect(),
            caption_requirements: specs.caption_requirements.clone().unwrap_or_default(),
            forbidden_words: specs.forbidden_words.clone(),
            required_links: specs.required_links.clone(),
            required_codes: specs.required_codes.clone(),
            language: specs.language.clone(),
            markets: self.countries.0.clone(),
            deadline: self.content_deadline,
            advertising: true,
            posted_by: specs.posted_by.into(),
            brand: vec![brand.to_owned()],
            about: format!("{}. {}", self.title, self.description),
        }
    }

    /// What an application without a fee of its own asks for; nothing where the work is not paid in money.
    pub fn least(&self) -> Option<Money> {
        Some(Money::new(self.budget_min, self.currency)).filter(|least| least.is_positive())
    }
}

/// An offer that a caller sees and may not change.
pub fn not_yours() -> Error {
    Error::new(Kind::Forbidden, "The offer belongs to another business; only they change it")
}

#[cfg(test)]
mod tests;
