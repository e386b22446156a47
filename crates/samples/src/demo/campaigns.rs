//! The campaigns: document B's three, and eight more of which two are Spanish.

use kernel::time::DAY;
use kernel::{Amount, Timestamp};

use super::document_b::{CARLOS, EMMA, LISA, MIKE, SARAH};
use super::moment;
use crate::Campaign;

/// When a campaign was set up.
pub(super) enum Since {
    /// The moment that document B shows.
    Document(&'static str),
    /// So many days before now.
    DaysAgo(i64),
}

/// A campaign, and whom its brand selects.
pub(super) struct Brief {
    product: &'static str,
    brand: &'static str,
    description: &'static str,
    audience: &'static str,
    uses: &'static str,
    goal: &'static str,
    niche: &'static str,
    /// In whole dollars.
    budget: i64,
    pub(super) status: &'static str,
    since: Since,
    /// How many creators it has selected.
    pub(super) selects: usize,
    /// From which niches, the best first.
    pub(super) wants: &'static [&'static str],
    /// Whom document B's outreach log names with it.
    pub(super) certainly: &'static [usize],
    /// Is it run in Spanish, with Spanish-speaking creators?
    pub(super) spanish: bool,
}

impl Brief {
    pub(super) fn campaign(&self, index: usize, now: Timestamp) -> Campaign {
        Campaign {
            code: format!("CAMP-{:03}", index + 1),
            product_name: self.product.into(),
            brand_name: self.brand.into(),
            product_description: self.description.into(),
            target_audience: self.audience.into(),
            key_use_cases: self.uses.into(),
            campaign_goal: self.goal.into(),
            product_niche: self.niche.into(),
            total_budget: Amount::from_minor(self.budget * 100),
            status: self.status,
            influencer_count: self.selects,
            created_at: match self.since {
                Since::Document(text) => moment(text),
                Since::DaysAgo(days) => now.plus(-days * DAY),
            },
        }
    }
}

/// Every campaign, in the order of the codes.
pub(super) static BRIEFS: [Brief; 11] = [
    Brief {
        product: "Summer Fitness Collection",
        brand: "FitLife",
        description: "Breathable training wear for hot days: shorts, tops and caps of recycled fabric that dries within an hour. \
                          Made for home workouts, outdoor training and everything between.",
        audience: "Health-conscious people aged 20-40 who work out at least twice a week",
        uses: "Home workouts, Running, Outdoor training, Yoga",
        goal: "Brand awareness and online sales of the summer collection",
        niche: "Fitness",
        budget: 10_000,
        status: "active",
        since: Since::Document("2024-06-01T10:00:00Z"),
        selects: 12,
        wants: &["fitness", "running", "yoga", "cycling", "food"],
        certainly: &[SARAH, MIKE, CARLOS],
        spanish: false,
    },
    Brief {
        product: "Tech Gadget Launch",
        brand: "TechNova",
        description: "A pocket-sized hub that charges, syncs and finds every gadget one owns. \
                          Works with phones, laptops, earbuds and watches of all makers, and without an account.",
        audience: "Tech enthusiasts aged 18-35 who read reviews before they buy",
        uses: "Charging on the go, Finding lost devices, Backing up photos, Smart home control",
        goal: "Launch with credible reviews and pre-orders",
        niche: "Technology",
        budget: 15_000,
        status: "draft",
        since: Since::Document("2024-06-02T10:00:00Z"),
        selects: 8,
        wants: &["technology", "gaming", "photography"],
        certainly: &[EMMA],
        spanish: false,
    },
    Brief {
        product: "Eco-Friendly Skincare",
        brand: "GreenGlow",
        description: "Plant-based cleanser, serum and sunscreen in refillable glass bottles, free of microplastics. \
                          Certified organic, vegan, and kind to sensitive skin and coral reefs.",
        audience: "Women aged 22-45 who care about natural ingredients and less waste",
        uses: "Daily skincare routine, Sun protection, Sensitive skin, Plastic-free bathroom",
        goal: "Engagement and trust for a young brand, first purchases with a code",
        niche: "Beauty, Sustainable Living",
        budget: 8_500,
        status: "completed",
        since: Since::Document("2024-05-15T10:00:00Z"),
        selects: 20,
        wants: &["beauty", "sustainable living", "vegan food", "fashion", "yoga", "parenting", "travel"],
        certainly: &[LISA],
        spanish: false,
    },
    Brief {
        product: "TrailMate 2 Running Shoes",
        brand: "Northpeak",
        description: "Trail running shoes with a wide toe box and a sole that can be replaced instead of the shoe. \
                          Tested over 1,200 kilometres of rock, mud and gravel.",
        audience: "Trail and road runners aged 25-50, from beginners to marathon runners",
        uses: "Trail running, Marathon training, Hiking, Gravel paths",
        goal: "Sales of the spring drop, honest long-term reviews",
        niche: "Running",
        budget: 12_000,
        status: "active",
        since: Since::DaysAgo(7),
        selects: 6,
        wants: &["running", "fitness", "cycling", "travel"],
        certainly: &[],
        spanish: false,
    },
    Brief {
        product: "Caja Semanal de Cocina Vegana",
        brand: "Verde a Casa",
        description: "Una caja con ingredientes de proximidad y cinco recetas veganas para toda la semana, listas en treinta minutos. \
                          Sin plásticos, sin permanencia y con productores que tienen nombre.",
        audience: "Personas de 25 a 45 años que quieren comer más vegetal sin complicarse",
        uses: "Cenas rápidas, Menú semanal, Cocina en familia, Comer de temporada",
        goal: "Captar suscriptores en España con códigos de descuento",
        niche: "Comida vegana, Cocina",
        budget: 7_000,
        status: "active",
        since: Since::DaysAgo(33),
        selects: 5,
        wants: &["vegan food", "food", "sustainable living", "gardening", "yoga", "fitness", "parenting"],
        certainly: &[],
        spanish: true,
    },
    Brief {
        product: "PocketPilot Budget App",
        brand: "Clearpath",
        description: "An app that turns bank statements into a monthly plan and shows what is left to spend today. \
                          No advertising, no selling of data, and shared budgets for couples.",
        audience: "Young professionals and couples aged 22-38 who want to save for something",
        uses: "Budgeting, Paying off debt, Saving for a house, Splitting bills",
        goal: "App installs and trials",
        niche: "Personal Finance",
        budget: 20_000,
        status: "paused",
        since: Since::DaysAgo(96),
        selects: 4,
        wants: &["personal finance", "education", "parenting"],
        certainly: &[],
        spanish: false,
    },
    Brief {
        product: "Weekender Travel Backpack",
        brand: "Roamwell",
        description: "A 32-litre carry-on backpack of waxed canvas with a laptop sleeve and a lifetime repair promise. \
                          Fits under the seat of every budget airline we could find.",
        audience: "Backpackers, commuters and weekend travellers aged 20-45",
        uses: "City breaks, Carry-on only travel, Train journeys, Remote work",
        goal: "Brand awareness before the holiday season",
        niche: "Travel",
        budget: 9_000,
        status: "active",
        since: Since::DaysAgo(54),
        selects: 6,
        wants: &["travel", "photography", "fashion"],
        certainly: &[],
        spanish: false,
    },
    Brief {
        product: "Estanterías Modulares Nido",
        brand: "Casa Nido",
        description: "Estanterías de pino certificado que se montan sin herramientas y crecen con la casa. \
                          Módulos que se pueden pintar, apilar y llevar a la próxima mudanza.",
        audience: "Parejas y familias jóvenes de 25 a 50 años que reforman o alquilan su casa",
        uses: "Ordenar el salón, Habitación infantil, Teletrabajo, Pisos pequeños",
        goal: "Notoriedad de marca y visitas a la tienda en línea",
        niche: "Decoración, Bricolaje",
        budget: 6_500,
        status: "draft",
        since: Since::DaysAgo(8),
        selects: 3,
        wants: &["home decor", "diy", "parenting", "books", "education", "sustainable living", "pets"],
        certainly: &[],
        spanish: true,
    },
    Brief {
        product: "PixelForge Wireless Headset",
        brand: "PixelForge",
        description: "A light gaming headset with forty hours of battery, a microphone that ignores keyboards and ear pads one can replace. \
                          Works with consoles, computers and phones.",
        audience: "Gamers aged 16-34 on console and PC, streamers",
        uses: "Ranked matches, Streaming, Late-night gaming, Video calls",
        goal: "Product reviews and sales in the launch month",
        niche: "Gaming, Technology",
        budget: 18_000,
        status: "completed",
        since: Since::DaysAgo(310),
        selects: 6,
        wants: &["gaming", "technology", "comedy"],
        certainly: &[],
        spanish: false,
    },
    Brief {
        product: "Puppy Starter Box",
        brand: "Barkley & Co",
        description: "Everything for the first month with a puppy: chew toys, a slow feeder, training treats and a lead that cannot be bitten through. \
                          Put together with certified dog trainers.",
        audience: "New dog owners and families with children",
        uses: "House training, Teething, Obedience training, First walks",
        goal: "Subscriptions through videos of unboxing and training",
        niche: "Pets",
        budget: 5_000,
        status: "draft",
        since: Since::DaysAgo(3),
        selects: 0,
        wants: &["pets"],
        certainly: &[],
        spanish: false,
    },
    Brief {
        product: "LittleSteps Baby Carrier",
        brand: "LittleSteps",
        description: "A soft baby carrier of organic cotton that fits parents from 1.55 to 1.95 metres without re-threading a strap. \
                          Recommended by midwives from the first week to the third year.",
        audience: "Expecting parents and parents of babies and toddlers, fathers included",
        uses: "Walks, Public transport, Housework, Travel with a baby",
        goal: "Trust and engagement among new parents",
        niche: "Parenting",
        budget: 11_000,
        status: "paused",
        since: Since::DaysAgo(140),
        selects: 4,
        wants: &["parenting", "fitness", "home decor"],
        certainly: &[],
        spanish: false,
    },
];
