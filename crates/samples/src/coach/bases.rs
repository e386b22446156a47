//! The coach's documents: the files of `data/coach`.

use kernel::{Timestamp, time};

use super::days_before;

/// A knowledge base.
#[derive(Clone, PartialEq, Debug)]
pub struct Base {
    /// Its name.
    pub name: &'static str,
    /// What it is about.
    pub description: &'static str,
    /// Its language: `en` or `es`.
    pub language: &'static str,
    /// What is in it. Of two that disagree the newer one stands behind.
    pub documents: Vec<Document>,
}

/// A document of a base.
#[derive(Clone, PartialEq, Debug)]
pub struct Document {
    /// The name of its file.
    pub file_name: &'static str,
    /// Its title.
    pub title: &'static str,
    /// What stands in the file.
    pub text: &'static str,
    /// Of when it is.
    pub dated: Timestamp,
    /// From when on it should be looked at again.
    pub stale_after: Option<Timestamp>,
}

/// A file: its name, its title, how many days old it is, and in how many days it should be looked at again.
type File = (&'static str, &'static str, &'static str, i64, Option<i64>);

macro_rules! file {
    ($folder:literal, $name:literal, $title:literal, $age:literal) => {
        ($name, $title, include_str!(concat!("../../data/coach/", $folder, "/", $name)), $age, None)
    };
    ($folder:literal, $name:literal, $title:literal, $age:literal, $stale:literal) => {
        ($name, $title, include_str!(concat!("../../data/coach/", $folder, "/", $name)), $age, Some($stale))
    };
}

const STRENGTH: &[File] = &[
    file!("strength", "welcome.md", "Strength after forty: how we work", 210),
    file!("strength", "prices-before.md", "Prices until last month", 460),
    file!("strength", "joints.md", "Training with joints that have a history", 190),
    file!("strength", "protein.md", "Eating and resting for strength", 185, 30),
    file!("strength", "questions.txt", "Questions that I am asked", 120),
    file!("strength", "first-session.srt", "Video: your first session", 170),
    file!("strength", "timetable.csv", "Timetable of the live classes", 60, 20),
    file!("strength", "prices.md", "Prices and conditions", 40),
];

const RUNNING: &[File] = &[
    file!("running", "bienvenida.md", "Correr sin lesiones: cómo trabajamos", 205),
    file!("running", "tarifas-anteriores.md", "Tarifas hasta el mes pasado", 455),
    file!("running", "lesiones.md", "Molestias frecuentes y qué hacer", 180),
    file!("running", "zapatillas.md", "Zapatillas y ropa", 150),
    file!("running", "preguntas.txt", "Preguntas frecuentes", 110),
    file!("running", "calentamiento.srt", "Vídeo: el calentamiento", 140),
    file!("running", "plan-10k.csv", "Plan de diez semanas para 10 kilómetros", 100),
    file!("running", "tarifas.md", "Tarifas y condiciones", 40),
];

pub(super) fn bases(now: Timestamp) -> Vec<Base> {
    let documents = |files: &[File]| {
        let of = |(file_name, title, text, age, stale): &File| Document {
            file_name,
            title,
            text,
            dated: days_before(now, *age, 8 * 60),
            stale_after: stale.map(|days| now.plus(days * time::DAY)),
        };
        files.iter().map(of).collect()
    };
    vec![
        Base {
            name: "Strength after forty",
            description: "The twelve-week strength programme: how it works, prices, food, and joints with a history",
            language: "en",
            documents: documents(STRENGTH),
        },
        Base {
            name: "Correr sin lesiones",
            description: "El curso de diez semanas para correr sin romperse: plan, molestias, zapatillas y tarifas",
            language: "es",
            documents: documents(RUNNING),
        },
    ]
}
