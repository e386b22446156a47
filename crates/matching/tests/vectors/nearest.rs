//! Who is most like whom, and changes that are seen at once.

use creators::{Directory, Filter, store};
use kernel::{CreatorId, Platform, Scope};

use crate::world::{both, by_handle, crowd, import, twins, with_pgvector};

async fn nearest(directory: &Directory, text: &str, filter: &Filter, limit: usize) -> Vec<(CreatorId, f32)> {
    directory.catalogue().fresh().await.unwrap();
    let query = directory.embed(vec![text.to_owned()]).await.unwrap().remove(0);
    directory.nearest(query, filter.clone(), limit).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_nearest_are_the_same_and_ties_go_by_id() {
    let Some(fresh) = with_pgvector().await else { return };
    let [here, afar] = both(&fresh).await;
    // More than are compared by their ids.
    import(&afar, crowd(6_000)).await;
    import(&afar, twins(60)).await;
    let filters = [
        Filter::default(),
        Filter { platforms: vec![Platform::TikTok], ..Filter::default() },
        Filter { min_followers: Some(2_500), ..Filter::default() },
        Filter { niches: vec!["beekeeping".into()], ..Filter::default() },
    ];
    for text in ["Honey bees and hives", "fitness workouts at home", "recetas veganas para familias", "zzyzx"] {
        for filter in &filters {
            for limit in [1, 10, 100] {
                let found = nearest(&afar, text, filter, limit).await;
                assert_eq!(found, nearest(&here, text, filter, limit).await, "{text} {filter:?} {limit}");
                let in_order = found.is_sorted_by(|a, b| a.1 > b.1 || (a.1 >= b.1 && a.0 < b.0));
                assert!(in_order && found.len() <= limit, "{text} {filter:?} {limit}");
            }
        }
    }
    let twins = nearest(&afar, "beekeeping. Honey bees and hives", &Filter::default(), 60).await;
    assert!(twins.iter().all(|(_, cosine)| (cosine - twins[0].1).abs() < f32::EPSILON), "sixty say the same");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_written_is_found_at_once_whoever_wrote_it() {
    let Some(fresh) = with_pgvector().await else { return };
    let [here, afar] = both(&fresh).await;
    import(&afar, crowd(200)).await;
    let everyone = Filter::default();
    let (bees, boats) = ("beekeeping and honey", "sailing boats at sea");
    let row = |about: &str| {
        format!("name,platform,handle,followers,niche,about\nAda,youtube,@ada,5000,{about},All about {about}\n")
    };
    // The second one does not know of pgvector's column; what it writes is spelled out by who needs it.
    for writer in [&afar, &here] {
        import(writer, row(bees)).await;
        let ada = by_handle(&fresh.db, "@ada").await;
        assert_eq!(nearest(&afar, bees, &everyone, 1).await[0].0, ada);
        import(writer, row(boats)).await;
        let found = nearest(&afar, boats, &everyone, 1).await;
        assert_eq!(found[0].0, ada);
        assert_eq!(found, nearest(&here, boats, &everyone, 1).await);
        assert_ne!(nearest(&afar, bees, &everyone, 1).await[0].0, ada);

        let mut tx = fresh.db.write().await.unwrap();
        let now = kernel::Clock::system().now();
        assert!(store::delete(Scope::system(), &mut tx, ada, now).await.unwrap());
        tx.commit().await.unwrap();
        assert!(nearest(&afar, boats, &everyone, 200).await.iter().all(|(id, _)| *id != ada));
    }
}
