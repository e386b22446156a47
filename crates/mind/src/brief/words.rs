//! Words of briefs and captions in English and Spanish, folded: lower case, without accents and apostrophes.

/// Words that deny what follows them in their clause.
pub(super) const DENIALS: &[&str] = &[
    "no", "not", "never", "dont", "doesnt", "didnt", "isnt", "arent", "wasnt", "wont", "cant", "cannot", "without", "nunca", "sin", "ni",
    "jamas", "neither", "nor", "tampoco",
];

/// The same before words that disclose, in more languages.
pub(super) const AD_DENIALS: &[&str] = &[
    "no", "not", "never", "dont", "doesnt", "isnt", "arent", "wasnt", "aint", "without", "nunca", "sin", "ni", "nor", "neither", "non",
    "unbezahlt", "unbezahlte", "unbezahlter", "kein", "keine", "nicht", "ohne", "pas", "sans", "senza", "nao", "sem", "nem", "tampoco",
    "zero", "cero", "unpaid", "jamas",
];

/// What opens a requirement of its own behind a comma or an "and".
pub(super) const OPENERS: &[&str] = &[
    "include", "includes", "including", "mention", "mentions", "mentioning", "use", "using", "tag", "tagging", "add", "adding", "avoid", "dont", "do",
    "never", "no", "not", "max", "maximum", "min", "minimum", "at", "between", "write", "written", "keep", "put", "must", "should",
    "without", "end", "ends", "ending", "start", "starts", "begin", "begins", "finish", "close", "ask", "invite", "encourage", "describe",
    "describing", "explain", "talk", "tell", "highlight", "disclose", "mark", "label", "link", "show", "say", "state", "share", "up",
    "exactly", "only", "post", "make", "be", "place", "give", "refrain", "please", "caption", "incluye", "incluir", "incluya", "incluyendo",
    "menciona", "mencionar", "mencione", "mencionando", "usa", "usar", "use", "utiliza", "utilizar", "etiqueta", "etiquetar", "anade", "anadir", "agrega",
    "agregar", "evita", "evitar", "evite", "nunca", "maximo", "minimo", "al", "como", "entre", "escribe", "escribir", "escrito", "pon", "poner",
    "sin", "termina", "terminar", "acaba", "acabar", "empieza", "empezar", "comienza", "cierra", "pregunta", "invita", "anima", "describe",
    "describir", "explica", "explicar", "habla", "hablar", "cuenta", "contar", "destaca", "destacar", "resalta", "indica", "indicar",
    "muestra", "ensena", "di", "comparte", "hasta", "exactamente", "solo", "deja", "haz", "debe", "deben", "manten", "llama", "pide",
    "invitando", "animando", "terminando", "dejando", "utilizando", "usando", "minimum", "cta", "mas", "menos", "more", "less", "in", "en",
    "con", "with", "por", "preferably", "preferiblemente", "optionally", "opcional",
];

/// Verbs whose object a caption has to say.
pub(super) const SAY_VERBS: &[&str] = &[
    "include", "includes", "including", "mention", "mentions", "mentioning", "add", "adding", "say", "says", "saying", "state", "stating",
    "use", "using", "write", "tell", "highlight", "highlighting", "emphasize", "emphasise", "stress", "name", "note", "reference", "refer", "feature",
    "incluye", "incluir", "incluya", "incluyan", "incluyendo", "menciona", "mencionar", "mencione", "mencionen", "mencionando", "di", "decir", "diga", "anade",
    "anadir", "agrega", "agregar", "usa", "usar", "utiliza", "utilizar", "escribe", "indica", "indicar", "destaca", "destacar", "destaque",
    "destacando", "resalta", "resaltar", "nombra", "nombrar", "pon", "poner", "recuerda", "remarca", "contain", "contains", "contener", "contenga", "aparezca", "debe", "haz",
];

/// Verbs whose object a caption has to be about.
pub(super) const TOPIC_VERBS: &[&str] = &[
    "describe", "describing", "describes", "explain", "explaining", "explains", "talk", "talking", "discuss", "discussing", "about", "share",
    "sharing", "focus", "focusing", "cover", "covering", "tell", "telling", "showcase", "showcasing", "describir", "describiendo", "describa", "describan", "explica", "explicar", "explicando", "explique",
    "habla", "hablar", "hablando", "hable", "cuenta", "contar", "contando", "cuente", "comparte", "compartir", "compartiendo", "comenta", "sobre", "acerca", "centrate", "trate", "detailing", "detallando", "detalla",
];

/// Words of what only the picture shows.
pub(super) const PICTURE: &[&str] = &[
    "show", "showing", "shows", "film", "filmed", "filming", "record", "shoot", "photo", "photos", "picture", "pictures", "image", "images", "video", "videos", "lighting",
    "wear", "wearing", "hold", "holding", "camera", "face", "background", "unboxing", "visible", "logo", "seconds", "second", "minutes", "music", "audio", "voice", "voiceover",
    "filter", "filters", "footage", "frame", "muestra", "mostrar", "ensena", "ensenar", "graba", "grabar", "foto", "fotos", "fotografia", "imagen", "imagenes",
    "luz", "iluminacion", "lleva", "sosten", "camara", "rostro", "cara", "fondo", "visible", "segundos", "minutos", "musica", "voz", "filtros", "filtro", "plano", "toma", "portada", "cover", "thumbnail", "miniatura",
];

/// Words of a tone that nobody measures.
pub(super) const TONE: &[&str] = &[
    "tone", "friendly", "casual", "authentic", "natural", "professional", "fun", "funny", "positive", "creative", "engaging", "conversational",
    "honest", "genuine", "relatable", "upbeat", "inspiring", "short", "brief", "concise", "tono", "cercano", "cercana", "autentico", "autentica", "profesional", "divertido",
    "divertida", "positivo", "positiva", "creativo", "creativa", "honesto", "genuino", "natural", "breve", "corto", "corta", "concisa", "conciso", "informal", "formal", "voice", "style", "estilo", "spelling", "grammar", "ortografia",
];

/// Words that say nothing of what a requirement is about.
pub(super) const FILLERS: &[&str] = &[
    "the", "a", "an", "of", "to", "in", "on", "for", "with", "that", "this", "its", "it", "is", "are", "be", "your", "you", "our", "my", "and", "or",
    "how", "why", "what", "which", "who", "where", "when", "about", "from", "at", "by", "as", "have", "has", "can", "will", "should", "must", "please", "them", "they", "their", "we",
    "caption", "captions", "text", "copy", "post", "word", "words", "phrase", "fact", "least", "some", "any", "one", "product", "brand", "clearly", "own", "also", "do", "does", "was", "were", "if", "us",
    "el", "la", "los", "las", "un", "una", "unos", "unas", "de", "del", "al", "en", "con", "por", "para", "que", "se", "su", "sus", "tu", "tus", "lo", "le",
    "es", "son", "y", "o", "e", "como", "cual", "donde", "cuando", "sobre", "acerca", "caption", "texto", "descripcion", "publicacion", "palabra", "palabras",
    "frase", "hecho", "menos", "algun", "alguna", "producto", "marca", "claramente", "ha", "han", "tiene", "sea", "este", "esta", "estos", "estas", "mi", "nuestro", "nuestra", "nuestros", "nuestras", "tambien", "debe", "ser", "te", "porque", "the", "specific", "especifico",
];

/// Words that no brand likes. `docs/brief-check.md` says that the list is short.
pub(super) const PROFANITY: &[&str] = &[
    "fuck*", "shit*", "bullshit", "bitch*", "asshole*", "bastard*", "damn", "goddamn", "crap", "cunt*", "dick", "wtf", "motherf*", "ass", "pissed", "f ck*", "sh t",
    "puta", "puto", "putas", "putos", "puta*", "mierda*", "joder", "jodid*", "cono", "cabron*", "gilipollas", "hostia*", "carajo", "pendej*", "chinga*", "verga", "cojones", "culo", "mrda", "ptm", "hdp",
];
