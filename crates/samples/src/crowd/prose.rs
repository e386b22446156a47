//! Two sentences about oneself, put together from the phrases of one's niche.

use super::words::Niche;
use crate::draw::Lots;

// Slots: w who; a to d what, all different; f for whom; p place; y year; n number; k day of the week; m medium.
const FIRST_EN: [&str; 9] = [
    "{w} sharing {a} and {b}.",
    "{w} who posts {a}, {b} and {c}.",
    "{a}, {b} and {c} for {f}.",
    "{w}: {a}, {b} and now and then {c}.",
    "{w} from {p} with a soft spot for {a} and {b}.",
    "here you find {a} and {b}, made for {f}.",
    "{a} for {f}, with {b} in between.",
    "{w} in {p}, obsessed with {a}, {b} and {c}.",
    "everything about {a} and {b}, told by a friendly {w}.",
];
const SECOND_EN: [&str; 14] = [
    "New {m} every {k}, next time with {d}.",
    "Everything about {d} is tried for {n} weeks before it is posted.",
    "No filters, no scripts, just {d}.",
    "Made with {f} in mind, above all the {m} on {d}.",
    "Questions about {d} are answered every {k}.",
    "Started in {y} with {d} and never stopped.",
    "Ask me about {d}.",
    "Honest {m} on {d}, mistakes included.",
    "Around {n} {m} a week, mostly on {d}.",
    "Sponsored {m} are marked, and most offers about {d} are turned down.",
    "Proudly small, always honest about {d}.",
    "Next up: {d} for {f}.",
    "Every {k} it is all about {d}.",
    "Since {y} at home in {p}, since last week in love with {d}.",
];
const FIRST_ES: [&str; 8] = [
    "{w} que comparte {a} y {b}.",
    "{a}, {b} y {c} para {f}.",
    "{w}: {a}, {b} y de vez en cuando {c}.",
    "{w} desde {p}, con debilidad por {a} y {b}.",
    "aquí encuentras {a} y {b}, pensados para {f}.",
    "todo sobre {a}, {b} y {c}, contado sin rodeos para {f}.",
    "{a} para {f}, y también {b}.",
    "desde {p} publico {a}, {b} y {c}.",
];
const SECOND_ES: [&str; 12] = [
    "Nuevos {m} cada {k}; el próximo, sobre {d}.",
    "Antes de hablar de {d} pruebo todo durante {n} semanas.",
    "Sin filtros ni guiones, solo {d}.",
    "Los {m} sobre {d} están pensados para {f}.",
    "Respondo dudas sobre {d} cada {k}.",
    "Empecé en {y} con {d} y no he parado.",
    "Pregúntame por {d}.",
    "Unos {n} {m} a la semana, casi siempre sobre {d}.",
    "Lo patrocinado sobre {d} va marcado, y casi todo lo rechazo.",
    "Próximamente: {d} para {f}.",
    "Cada {k} toca {d}.",
    "Desde {y} en {p}, y cada vez con más {d}.",
];
const DAYS_EN: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const DAYS_ES: [&str; 7] = ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"];
const MEDIA_EN: [&str; 6] = ["videos", "posts", "reels", "tutorials", "live streams", "reviews"];
const MEDIA_ES: [&str; 6] = ["vídeos", "directos", "reels", "tutoriales", "contenidos", "episodios"];
const YEARS: [&str; 8] = ["2016", "2017", "2018", "2019", "2020", "2021", "2022", "2023"];
const NUMBERS: [&str; 6] = ["2", "3", "4", "5", "6", "8"];

/// Two sentences of this niche, in Spanish or English.
pub(super) fn about(lots: &mut Lots, niche: &Niche, spanish: bool, city: &str) -> String {
    let (phrases, days, media) =
        if spanish { (&niche.spanish, &DAYS_ES, &MEDIA_ES) } else { (&niche.english, &DAYS_EN, &MEDIA_EN) };
    let (first, second) = if spanish {
        (*lots.pick(&FIRST_ES), *lots.pick(&SECOND_ES))
    } else {
        (*lots.pick(&FIRST_EN), *lots.pick(&SECOND_EN))
    };
    let what = four_of(lots, &phrases.what);
    let (who, whom) = (*lots.pick(&phrases.who), *lots.pick(&phrases.whom));
    let (day, medium, year, number) = (*lots.pick(days), *lots.pick(media), *lots.pick(&YEARS), *lots.pick(&NUMBERS));
    let mut about = String::with_capacity(192);
    for template in [first, " ", second] {
        fill(&mut about, template, |slot| match slot {
            b'w' => who,
            b'a' => what[0],
            b'b' => what[1],
            b'c' => what[2],
            b'd' => what[3],
            b'f' => whom,
            b'p' => city.split(',').next().unwrap_or(city),
            b'y' => year,
            b'n' => number,
            b'k' => day,
            _ => medium,
        });
    }
    capitalise(&mut about);
    about
}

/// Four different ones of a list of at least four.
fn four_of<'a>(lots: &mut Lots, list: &[&'a str]) -> [&'a str; 4] {
    // A start and three steps forward that together stay below one round never meet again.
    let mut at = lots.below(list.len());
    let longest = (list.len() - 1) / 3;
    [(); 4].map(|()| {
        let here = list[at];
        at = (at + 1 + lots.below(longest)) % list.len();
        here
    })
}

/// Appends the template with each `{x}` replaced.
fn fill<'a>(text: &mut String, template: &str, slot: impl Fn(u8) -> &'a str) {
    let mut parts = template.split('{');
    text.push_str(parts.next().unwrap_or_default());
    for part in parts {
        if let [name, b'}', ..] = part.as_bytes() {
            text.push_str(slot(*name));
            text.push_str(&part[2..]);
        }
    }
}

fn capitalise(text: &mut String) {
    if let Some(first) = text.chars().next() {
        let capital: String = first.to_uppercase().collect();
        text.replace_range(..first.len_utf8(), &capital);
    }
}
