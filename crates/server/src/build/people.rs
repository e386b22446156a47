//! What the inbox asks of others, answered by whoever knows.

use std::sync::Arc;

use accounts::AccountRow;
use async_trait::async_trait;
use db::Tx;
use http_base::App;
use inbox::{Person, Tie};
use kernel::{Account, AccountId, Proof, Result, Scope, UserType};
use mail::NewMail;
use uuid::Uuid;

/// Who people are, and what they do together.
#[derive(Clone, Copy, Debug)]
pub(super) struct People;

fn person(row: AccountRow) -> Person {
    Person {
        id: row.id,
        username: row.username,
        user_type: row.user_type,
        country: row.country,
        email: row.email.filter(|_| row.is_verified),
        tier_level: row.tier_level,
        created_at: row.created_at,
    }
}

#[async_trait]
impl inbox::People for People {
    async fn people(&self, tx: &mut Tx, ids: &[AccountId]) -> Result<Vec<Person>> {
        let rows = accounts::store::by_ids(Scope::system(), tx, ids).await?;
        Ok(rows.into_iter().map(person).collect())
    }

    async fn tie(&self, tx: &mut Tx, one: AccountId, other: AccountId) -> Result<Tie> {
        let both = accounts::store::by_ids(Scope::system(), tx, &[one, other]).await?;
        // Whoever runs the server has to do with everybody.
        if both.iter().any(|row| row.user_type == UserType::Admin) {
            return Ok(Tie::Talking);
        }
        let workspaces: Vec<_> = both.iter().filter_map(|row| row.workspace_id).collect();
        if let [one, other] = workspaces.as_slice()
            && one == other
        {
            return Ok(Tie::Agreed);
        }
        let creator = both.iter().find(|row| row.user_type == UserType::Creator).map(|row| row.id);
        let (Some(creator), Some(workspace)) = (creator, workspaces.first()) else { return Ok(Tie::None) };
        let claims = creators::store::claims(tx, creator).await?;
        let entries: Vec<_> = claims.into_iter().map(|(id, _)| id).collect();
        if entries.is_empty() {
            return Ok(Tie::None);
        }
        let agreed = deals::store::are_parties(Scope::system(), tx, *workspace, &entries).await?;
        Ok(if agreed { Tie::Agreed } else { Tie::None })
    }

    async fn collaboration(
        &self,
        _tx: &mut Tx,
        _one: AccountId,
        _other: AccountId,
        _named: Option<Uuid>,
    ) -> Result<Option<Uuid>> {
        Ok(None)
    }
}

/// Mails to people, from the server itself.
#[derive(Clone)]
pub(super) struct Letters(pub(super) App);

#[async_trait]
impl inbox::Letters for Letters {
    async fn letter(&self, tx: &mut Tx, to: &Person, subject: &str, text: &str) -> Result<()> {
        let Some(address) = &to.email else { return Ok(()) };
        let mail =
            NewMail { to: address.clone(), subject: subject.to_owned(), text: text.to_owned(), ..NewMail::default() };
        mail::queue(tx, &self.0, mail).await.map(drop)
    }
}

/// Who is still let in.
#[derive(Clone)]
pub(super) struct Doors(pub(super) Arc<accounts::Shared>);

#[async_trait]
impl inbox::Doors for Doors {
    async fn version(&self) -> Result<i64> {
        self.0.version().await
    }

    async fn accounts(&self, proofs: &[Proof]) -> Result<Vec<Option<Account>>> {
        self.0.standing(proofs).await
    }
}
