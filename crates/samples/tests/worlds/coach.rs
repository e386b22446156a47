use std::collections::{BTreeSet, HashSet};

use kernel::{Timestamp, time};
use samples::coach::{What, coach};

/// Any minute of a day may be the first.
fn moments() -> impl Iterator<Item = Timestamp> {
    (0..24).map(|hour| crate::demo::now().plus(hour * time::HOUR + 17 * time::MINUTE))
}

#[test]
fn everything_is_in_the_past_and_in_order() {
    for now in moments() {
        let coach = coach(now);
        assert!(coach.steps.windows(2).all(|two| two[0].at <= two[1].at));
        let first = |member: usize| coach.members[member].since;
        assert!(coach.steps.iter().all(|step| step.at <= now && step.at > first(step.member)));
        for member in &coach.members {
            assert!(member.active.windows(2).all(|two| two[0] < two[1]), "{}", member.name);
            assert!(member.active.iter().all(|at| *at > member.since && *at <= now), "{}", member.name);
            assert!(member.badges.iter().all(|(_, at)| *at > member.since && *at <= now), "{}", member.name);
        }
        let documents = coach.bases.iter().flat_map(|base| &base.documents);
        assert!(documents.clone().all(|one| one.dated < now && one.stale_after.is_none_or(|day| day > now)));
    }
    assert_eq!(coach(crate::demo::now()), coach(crate::demo::now()));
}

#[test]
fn the_audience_is_of_all_channels_and_nobody_is_there_twice() {
    let coach = coach(crate::demo::now());
    assert_eq!(coach.members.len(), 40);
    let channels: BTreeSet<_> = coach.members.iter().map(|member| member.channel.as_str()).collect();
    assert_eq!(channels, BTreeSet::from(["mobile", "telegram", "web", "whatsapp"]));
    let known: HashSet<_> = coach.members.iter().map(|member| (&member.channel, &member.external_id)).collect();
    assert_eq!(known.len(), 40);
    let names: HashSet<_> = coach.members.iter().map(|member| &member.name).collect();
    assert_eq!(names.len(), 40);
    // Numbers that belong to nobody: of films, and of the stand-in's table of errors.
    for member in coach.members.iter().filter(|member| member.channel == "whatsapp") {
        let number = &member.external_id;
        let is_nobodys = number.starts_with("+4477009001") || number.contains("55501") || number == "+1555131026";
        assert!(is_nobodys, "{number}");
    }
    let languages: BTreeSet<_> = coach.members.iter().map(|member| member.language.as_str()).collect();
    assert!(languages.is_superset(&BTreeSet::from(["en", "es", "ar", "he", "fr", "pt"])));
}

#[test]
fn every_way_of_a_conversation_is_there() {
    let coach = coach(crate::demo::now());
    let has = |wanted: fn(&What) -> bool| coach.steps.iter().any(|step| wanted(&step.what));
    assert!(has(|what| matches!(what, What::Writes("STOP"))));
    assert!(has(|what| matches!(what, What::Photo(_))));
    assert!(has(|what| matches!(what, What::Edits(_))));
    assert!(has(|what| matches!(what, What::Answers(_))));
    assert!(has(|what| matches!(what, What::HandsBack(_))));
    assert!(has(|what| matches!(what, What::Closes)));
    assert!(has(|what| matches!(what, What::FillsGap(_))));
    let expected: BTreeSet<_> = coach.steps.iter().filter_map(|step| step.expected).collect();
    assert_eq!(expected, BTreeSet::from(["answered", "maybe", "unknown"]));
    let talks: HashSet<_> = coach.steps.iter().map(|step| step.member).collect();
    assert!(talks.len() >= 12);
}

#[test]
fn each_base_has_documents_that_disagree() {
    let coach = coach(crate::demo::now());
    for (base, (old, new)) in coach.bases.iter().zip([("290 euros", "340 euros"), ("180 euros", "220 euros")]) {
        let of = |words: &str| base.documents.iter().find(|one| one.text.contains(words)).map(|one| one.dated);
        assert!(of(old) < of(new), "{}", base.name);
        assert!((5..=8).contains(&base.documents.len()));
    }
}
