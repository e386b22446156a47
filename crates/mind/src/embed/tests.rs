use std::time::Instant;

use super::*;

fn model() -> &'static StaticModel {
    StaticModel::embedded()
}

fn similarity(a: &str, b: &str) -> f32 {
    cosine(&model().embed(a), &model().embed(b))
}

#[test]
fn the_artefact_is_the_one_that_was_released() {
    use sha2::{Digest, Sha256};
    let expected = include_str!("../../model/embed-v1.bin.sha256").split_whitespace().next().unwrap();
    let digest: Vec<u8> = Sha256::digest(ARTEFACT).to_vec();
    let hex: Vec<String> = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex.concat(), expected);
}

#[test]
fn related_texts_are_nearer_than_unrelated_ones_in_and_across_languages() {
    for (text, near, far) in [
        ("fitness trainer gym workouts", "entrenador personal gimnasio", "vegan recipes"),
        ("fitness trainer gym workouts", "weightlifting and strength coach", "luxury travel and hotels"),
        ("vegan recipes", "cocina vegana y recetas", "car reviews"),
        ("reseñas de móviles y portátiles", "smartphone and laptop reviews", "maquillaje y peinados"),
        ("skincare with niacinamide", "cuidado de la piel", "mountain bikes"),
        ("dog kibble", "pienso para perros", "crypto trading"),
        ("personal finance and investing", "fondos de inversión y ahorro", "baby food"),
        ("indie video games", "videojuegos", "interior design"),
    ] {
        let [near, far] = [similarity(text, near), similarity(text, far)];
        assert!(near > far + 0.2, "{text}: {near} against {far}");
    }
}

#[test]
fn a_vector_is_unit_length_and_always_the_same() {
    let text = "Recetas veganas fáciles & plant-based meal prep";
    let vector = model().embed(text);
    assert_eq!(vector.len(), DIMS);
    let length: f32 = vector.iter().map(|x| x * x).sum();
    assert!((length - 1.0).abs() < 1e-5, "{length}");
    assert_eq!(vector, model().embed(text));
    assert_eq!(vector, model().embed("RECETAS veganas fa\u{301}ciles … plant based (meal) prep!"));
}

#[test]
fn the_same_text_gives_the_same_vector_on_every_machine() {
    let bits = |text| {
        model()
            .embed(text)
            .iter()
            .fold(0_u64, |hash, x| (hash ^ u64::from(x.to_bits())).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(17))
    };
    assert_eq!(bits("smart fitness band for runners"), 2_293_855_145_986_315_265);
}

#[test]
fn rubbish_gives_zeros_or_a_vector_but_no_fault() {
    for text in ["", " ", "\0\0", "🎮🔥💪", "漢字 नमस्ते", "a b c", "1234567890123", "\u{301}\u{301}"]
    {
        assert_eq!(model().embed(text), vec![0.0; DIMS], "{text:?}");
    }
    let unbroken = "x".repeat(1 << 20);
    assert_eq!(model().embed(&unbroken), vec![0.0; DIMS]);
    let long = "gym \0 workouts 🎮 ".repeat(1 << 16);
    assert!(cosine(&model().embed(&long), &model().embed("gym workouts")) > 0.999);
}

#[test]
fn parts_count_by_weight_and_not_by_length() {
    let long = "plant based vegan cooking recipes ".repeat(50);
    let even = model().embed_parts(&[(1.0, "gym workouts"), (1.0, &long)]);
    let [gym, vegan] = ["gym workouts", &long].map(|text| cosine(&even, &model().embed(text)));
    assert!((gym - vegan).abs() < 1e-3, "{gym} and {vegan}");
    let heavy = model().embed_parts(&[(3.0, "gym workouts"), (1.0, &long)]);
    assert!(cosine(&heavy, &model().embed("gym workouts")) > gym + 0.1);
    assert_eq!(model().embed_parts(&[(1.0, "gym"), (5.0, "")]), model().embed_parts(&[(1.0, "gym")]));
    assert_eq!(model().embed_parts(&[(1.0, "🎮"), (1.0, "")]), vec![0.0; DIMS]);
    assert_eq!(model().embed_parts(&[]), vec![0.0; DIMS]);
}

#[test]
fn cosine_of_what_has_no_direction_is_zero() {
    assert!(cosine(&[0.0, 0.0], &[1.0, 0.0]).abs() < f32::EPSILON);
    assert!(cosine(&[f32::NAN, 1.0], &[1.0, 0.0]).abs() < f32::EPSILON);
    assert!((cosine(&[2.0, 0.0], &[5.0, 0.0]) - 1.0).abs() < f32::EPSILON);
}

#[test]
fn it_is_quick() {
    model();
    let text = "Entrenadora personal: strength workouts, mobility and healthy meal prep for busy people in Madrid";
    let started = Instant::now();
    for _ in 0..2_000 {
        std::hint::black_box(model().embed(std::hint::black_box(text)));
    }
    // Measured 0.03 s or less; the bound only catches a fall by an order of magnitude, whatever else the machine does.
    assert!(started.elapsed().as_secs_f64() < 1.0, "{:?}", started.elapsed());
}
