//! Typed ids: UUIDs (version 7) that cannot be mistaken for one another.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;

use uuid::Uuid;

/// A UUID that names one kind of thing. Made by [`crate::Clock::new_id`]; sorts by the time it was made.
pub struct Id<T> {
    uuid: Uuid,
    names: PhantomData<fn() -> T>,
}

impl<T> Id<T> {
    /// Takes a UUID for an id of this kind.
    pub const fn from_uuid(uuid: Uuid) -> Self {
        Self { uuid, names: PhantomData }
    }

    /// The bare UUID, for storage.
    pub const fn uuid(self) -> Uuid {
        self.uuid
    }
}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Id<T> {}
impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.uuid == other.uuid
    }
}
impl<T> Eq for Id<T> {}
impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<T> Ord for Id<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.uuid.cmp(&other.uuid)
    }
}
impl<T> Hash for Id<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.uuid.hash(state);
    }
}
impl<T> fmt::Display for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.uuid.fmt(f)
    }
}
impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.uuid.fmt(f)
    }
}
impl<T> FromStr for Id<T> {
    type Err = uuid::Error;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self::from_uuid)
    }
}
impl<T> serde::Serialize for Id<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.uuid.serialize(serializer)
    }
}
impl<'de, T> serde::Deserialize<'de> for Id<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Uuid::deserialize(deserializer).map(Self::from_uuid)
    }
}
impl<T> utoipa::PartialSchema for Id<T> {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)))
            .examples(["0190a000-0000-7000-8000-000000000000"])
            .into()
    }
}
impl<T> utoipa::ToSchema for Id<T> {
    fn name() -> std::borrow::Cow<'static, str> {
        "Id".into()
    }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $alias:ident of $marker:ident;)*) => {$(
        #[doc(hidden)]
        #[derive(Debug)]
        pub enum $marker {}
        $(#[$doc])*
        pub type $alias = Id<$marker>;
    )*};
}

ids! {
    /// An account: someone who logs in.
    AccountId of AccountMarker;
    /// A workspace: the tenant that owns campaigns, contracts, payments and outreach.
    WorkspaceId of WorkspaceMarker;
    /// An entry of the creator directory.
    CreatorId of CreatorMarker;
    /// A campaign of a brand.
    CampaignId of CampaignMarker;
    /// An entry of the outreach log: one campaign, one creator.
    OutreachId of OutreachMarker;
    /// A saved match score.
    MatchId of MatchMarker;
    /// Something on its way out of the house.
    DeliveryId of DeliveryMarker;
    /// A durable job.
    JobId of JobMarker;
    /// A log-in: the family of its refresh tokens.
    SessionId of SessionMarker;
    /// A program's key.
    ApiKeyId of ApiKeyMarker;
    /// A mail.
    MailId of MailMarker;
    /// A contract.
    ContractId of ContractMarker;
    /// A payment: one milestone of a contract, or one made by hand.
    PaymentId of PaymentMarker;
    /// An offer of the marketplace.
    OfferId of OfferMarker;
    /// An application of a creator to an offer.
    ApplicationId of ApplicationMarker;
    /// Work that a business and a creator have agreed on.
    CollaborationId of CollaborationMarker;
    /// Content that a creator hands in.
    SubmissionId of SubmissionMarker;
}
