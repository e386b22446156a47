"""Creator profiles and campaign briefs, English and Spanish, for the fixed corpus mean.

What every profile and every brief has in common (content, followers, community, brand …) says nothing about any one of
them. The mean of these texts is that common part; the embedder takes it away.
"""

# niche and what such people talk about, English and Spanish
TOPICS = [
    ("fitness", "gym workouts and strength training", "fitness", "entrenamientos de gimnasio y fuerza"),
    ("running", "marathon plans and running shoes", "running", "planes de maratón y zapatillas para correr"),
    ("yoga", "yoga flows and flexibility", "yoga", "secuencias de yoga y flexibilidad"),
    ("cycling", "road bikes and long rides", "ciclismo", "bicicletas de carretera y rutas largas"),
    ("football", "match analysis and training drills", "fútbol", "análisis de partidos y ejercicios de entrenamiento"),
    ("outdoors", "hiking, camping and climbing gear", "montaña", "senderismo, acampada y material de escalada"),
    ("surfing", "waves, boards and beach life", "surf", "olas, tablas y vida de playa"),
    ("nutrition", "healthy eating and supplements", "nutrición", "alimentación sana y suplementos"),
    ("technology", "gadget reviews and new phones", "tecnología", "análisis de dispositivos y móviles nuevos"),
    ("smart home", "home automation and speakers", "hogar inteligente", "domótica y altavoces"),
    ("programming", "coding tutorials and developer careers", "programación", "tutoriales de código y carreras de desarrollador"),
    ("artificial intelligence", "AI tools and automation", "inteligencia artificial", "herramientas de IA y automatización"),
    ("gaming", "gameplay, live streams and game reviews", "videojuegos", "partidas, directos y reseñas de juegos"),
    ("esports", "tournaments and competitive play", "esports", "torneos y juego competitivo"),
    ("board games", "family board games and strategy", "juegos de mesa", "juegos de mesa en familia y estrategia"),
    ("beauty", "makeup tutorials and cosmetics", "belleza", "tutoriales de maquillaje y cosmética"),
    ("skincare", "routines for dry and oily skin", "cuidado de la piel", "rutinas para piel seca y grasa"),
    ("hair", "hairstyles, colour and care", "cabello", "peinados, color y cuidado del pelo"),
    ("fashion", "outfits, trends and styling", "moda", "conjuntos, tendencias y estilo"),
    ("sustainable fashion", "second-hand clothes and mending", "moda sostenible", "ropa de segunda mano y arreglos"),
    ("luxury", "watches, jewellery and hotels", "lujo", "relojes, joyas y hoteles"),
    ("food", "easy recipes and restaurant visits", "comida", "recetas fáciles y visitas a restaurantes"),
    ("vegan food", "plant based cooking", "comida vegana", "cocina a base de plantas"),
    ("baking", "bread, cakes and desserts", "repostería", "pan, tartas y postres"),
    ("coffee", "espresso and specialty beans", "café", "espresso y granos de especialidad"),
    ("wine", "tastings and vineyards", "vino", "catas y viñedos"),
    ("travel", "city guides, flights and hotels", "viajes", "guías de ciudades, vuelos y hoteles"),
    ("van life", "living in a van and road trips", "vida en furgoneta", "vivir en furgoneta y viajes por carretera"),
    ("parenting", "babies, toddlers and family life", "crianza", "bebés, niños pequeños y vida familiar"),
    ("education", "study tips and exam preparation", "educación", "trucos de estudio y preparación de exámenes"),
    ("languages", "learning languages and culture", "idiomas", "aprender idiomas y cultura"),
    ("science", "science explained simply", "ciencia", "ciencia explicada de forma sencilla"),
    ("books", "reading lists and book reviews", "libros", "listas de lectura y reseñas de libros"),
    ("personal finance", "saving, budgeting and investing", "finanzas personales", "ahorro, presupuesto e inversión"),
    ("crypto", "bitcoin and blockchain news", "criptomonedas", "noticias de bitcoin y blockchain"),
    ("business", "start-ups, marketing and leadership", "negocios", "empresas, marketing y liderazgo"),
    ("real estate", "buying, renting and selling homes", "inmobiliaria", "comprar, alquilar y vender casas"),
    ("home decor", "interior design and furniture", "decoración", "diseño de interiores y muebles"),
    ("DIY", "tools, woodwork and repairs", "bricolaje", "herramientas, carpintería y reparaciones"),
    ("gardening", "plants, vegetables and compost", "jardinería", "plantas, huerto y compost"),
    ("sustainability", "zero waste and clean energy", "sostenibilidad", "residuo cero y energía limpia"),
    ("crafts", "knitting, sewing and paper crafts", "manualidades", "punto, costura y papel"),
    ("art", "drawing, painting and illustration", "arte", "dibujo, pintura e ilustración"),
    ("photography", "cameras, lenses and editing", "fotografía", "cámaras, objetivos y edición"),
    ("film", "movie reviews and series", "cine", "críticas de películas y series"),
    ("music", "songs, guitars and production", "música", "canciones, guitarras y producción"),
    ("dance", "choreography and ballet", "baile", "coreografías y danza"),
    ("comedy", "sketches and funny stories", "humor", "sketches e historias graciosas"),
    ("wellness", "meditation, sleep and mental health", "bienestar", "meditación, sueño y salud mental"),
    ("health", "medical advice from a doctor", "salud", "consejos médicos de una doctora"),
    ("pets", "dogs, cats and their training", "mascotas", "perros, gatos y su adiestramiento"),
    ("cars", "car reviews and electric vehicles", "coches", "pruebas de coches y vehículos eléctricos"),
    ("motorcycles", "bikes, helmets and tours", "motos", "motos, cascos y rutas"),
    ("weddings", "planning, dresses and flowers", "bodas", "organización, vestidos y flores"),
]
ENGLISH = [
    "{niche} creator sharing {topic}",
    "{niche}: {topic} for a community of people who love it, new videos every week",
    "Brand campaign looking for {niche} influencers. Product for people interested in {topic}. Target audience: adults 25-45",
]
SPANISH = [
    "{niche}. Creadora de contenido sobre {topic}",
    "{niche}: {topic} para una comunidad de personas que lo disfrutan, vídeos nuevos cada semana",
    "Campaña de marca que busca influencers de {niche}. Producto para personas interesadas en {topic}. Público: adultos de 25 a 45 años",
]


def texts():
    """Every topic in every template."""
    for niche, topic, nicho, tema in TOPICS:
        for template in ENGLISH:
            yield template.format(niche=niche, topic=topic)
        for template in SPANISH:
            yield template.format(niche=nicho, topic=tema)
