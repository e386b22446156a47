//! Vectors of different models, in one column, are never compared.

use std::sync::Arc;

use creators::vectors::Backend;
use creators::{Creator, Directory, Filter, embed_stale, store};
use kernel::{CreatorId, Scope};
use matching::Prepared;
use matching::rank::Wanted;

use crate::world::{Letters, both, crowd, directory, import, matching, wishes, with_pgvector};

async fn found(directory: &Directory) -> Vec<CreatorId> {
    directory.catalogue().fresh().await.unwrap();
    let query = directory.embed(vec!["fitness workouts".into()]).await.unwrap().remove(0);
    let found = directory.nearest(query, Filter::default(), 1_000).await.unwrap();
    let ids: Vec<CreatorId> = found.into_iter().map(|(id, _)| id).collect();
    assert!(ids.iter().all(|id| directory.catalogue().has_vector(*id)));
    ids
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_of_model_never_mixes_spaces() {
    let Some(fresh) = with_pgvector().await else { return };
    let [_, first] = both(&fresh).await;
    import(&first, crowd(300)).await;
    assert_eq!(found(&first).await.len(), 300);

    let letters = |name, dims| directory(fresh.db.clone(), Arc::new(Letters { name, dims }), Backend::Pgvector);
    let second = letters("letters", 40);
    assert!(found(&second).await.is_empty(), "nobody has a vector of the new model yet");

    // Half-way through the change each model finds its own, and ranks everyone.
    let mut tx = fresh.db.write().await.unwrap();
    let first_id = "00000000-0000-0000-0000-000000000000".parse().unwrap();
    let some = store::stale(Scope::system(), &mut tx, "letters", first_id, 100).await.unwrap();
    let texts: Vec<String> = some.iter().map(Creator::profile_text).collect();
    let vectors = second.embed(texts.clone()).await.unwrap();
    let made: Vec<_> = some
        .iter()
        .zip(&texts)
        .zip(&vectors)
        .map(|((creator, text), vector)| (creator, &text[..], &vector[..]))
        .collect();
    let now = kernel::Clock::system().now();
    assert_eq!(store::save_vectors(Scope::system(), &mut tx, second.space(), &made, now).await.unwrap(), 100);
    tx.commit().await.unwrap();
    let mut changed: Vec<CreatorId> = some.iter().map(|creator| creator.id).collect();
    changed.sort_unstable();
    let mut of_second = found(&second).await;
    of_second.sort_unstable();
    assert_eq!(of_second, changed);
    assert!(found(&first).await.iter().all(|id| !changed.contains(id)));
    for (directory, with_vectors) in [(&first, 200), (&second, 100)] {
        let prepared = Prepared::new(directory, wishes().remove(0)).await.unwrap();
        let matching = matching(directory);
        for (vectors_only, expected) in [(false, 300), (true, with_vectors)] {
            let everyone = Wanted::page(0, 1_000);
            let (ranked, total) = matching.rank(&prepared, Filter::default(), everyone, vectors_only).await.unwrap();
            assert_eq!((ranked.len(), total), (expected, expected));
        }
    }

    assert_eq!(embed_stale(&second, |_| {}).await.unwrap(), 200);
    assert_eq!((found(&first).await.len(), found(&second).await.len()), (0, 300));
    // The same name with another number of parts is another space, too.
    let narrower = letters("letters", 24);
    assert!(found(&narrower).await.is_empty());
    let prepared = Prepared::new(&narrower, wishes().remove(0)).await.unwrap();
    let (_, total) = matching(&narrower).rank(&prepared, Filter::default(), Wanted::page(0, 10), false).await.unwrap();
    assert_eq!(total, 300);
}
