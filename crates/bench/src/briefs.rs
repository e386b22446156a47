//! What brands ask for: the queries of the searches.

use mind::score::{Budget, Wish};

/// Product, niche, description, audience, budget.
type Brief = (&'static str, &'static str, &'static str, &'static str, u32);

const BRIEFS: [Brief; 24] = [
    (
        "FitBand Pro",
        "Fitness Technology",
        "A bracelet that tracks training and sleep",
        "Health-conscious people aged 25-45",
        25_000,
    ),
    ("Verde", "vegan food", "Plant-based ready meals without additives", "Young adults who cook little", 8_000),
    (
        "Lumière Serum",
        "beauty, skincare",
        "A vitamin C serum for sensitive skin",
        "Women 25-40 who read labels",
        15_000,
    ),
    ("Trailhead 40", "travel, outdoors", "A light backpack for long walks", "Hikers and weekend travellers", 12_000),
    ("KidLab", "parenting, education", "Boxes of experiments for children", "Parents of children from 6 to 12", 6_000),
    ("PixelForge", "gaming", "A mechanical keyboard for competitive play", "PC gamers and streamers", 30_000),
    (
        "Oro Verde",
        "cocina mediterránea",
        "Aceite de oliva virgen extra de cosecha temprana",
        "Familias que cocinan en casa",
        9_000,
    ),
    ("Nómada", "viajes", "Seguro para quien trabaja mientras viaja", "Nómadas digitales", 14_000),
    ("Brisa", "moda sostenible", "Ropa de lino hecha en talleres pequeños", "Mujeres de 20 a 35 años", 11_000),
    (
        "Finanza Fácil",
        "finanzas personales",
        "Una aplicación para ahorrar sin pensar",
        "Jóvenes con su primer sueldo",
        20_000,
    ),
    ("CloudDesk", "technology, software", "Remote desktops for small teams", "Founders and IT people", 40_000),
    ("PawPal", "pets", "Food for dogs with allergies", "Dog owners", 7_000),
    ("Stillness", "meditation, wellness", "Guided breathing in ten minutes a day", "Busy professionals", 10_000),
    ("Roast & Co", "coffee", "Single-origin beans by subscription", "People who brew at home", 5_000),
    ("Casa Clara", "decoración del hogar", "Lámparas de cerámica hechas a mano", "Parejas que estrenan piso", 6_500),
    ("VoltRide", "electric vehicles", "A folding electric bicycle", "Commuters in big cities", 28_000),
    ("GlowUp", "makeup", "A palette for darker skin tones", "Teenagers and young women", 16_000),
    ("Pasos", "running", "Zapatillas para corredores populares", "Corredores de 30 a 50 años", 13_000),
    ("LearnLoop", "education technology", "Flash cards that adapt to the learner", "University students", 9_500),
    ("Atelier 9", "luxury fashion", "Hand-made leather bags", "Wealthy women 30-55", 60_000),
    ("Huerto", "jardinería", "Un kit para cultivar verduras en el balcón", "Gente de ciudad con poco espacio", 4_000),
    ("SnapLens", "photography", "Lenses for phone cameras", "Hobby photographers", 18_000),
    ("Beat Garden", "music", "A pocket synthesizer", "Bedroom producers", 8_500),
    ("Fuerte", "strength training", "Whey protein without sugar", "People who lift weights", 22_000),
];

/// How many different ones there are.
pub(crate) const COUNT: usize = BRIEFS.len();

/// As a score takes it.
pub(crate) fn wish(number: usize) -> Wish {
    let (product, niche, description, audience, budget) = BRIEFS[number % COUNT];
    Wish {
        product_name: product.into(),
        product_description: description.into(),
        product_niche: niche.into(),
        target_audience: audience.into(),
        budget: Budget::of(i64::from(budget) * 100),
        ..Wish::default()
    }
}

/// As a client sends it.
pub(crate) fn json(number: usize, min_followers: u64) -> String {
    let (product, niche, description, audience, budget) = BRIEFS[number % COUNT];
    serde_json::json!({
        "product_name": product,
        "product_niche": niche,
        "product_description": description,
        "target_audience": audience,
        "total_budget": budget,
        "min_followers": min_followers,
        "limit": 10,
    })
    .to_string()
}
