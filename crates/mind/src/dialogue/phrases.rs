//! The phrases that the talk understands, folded: lower case, without accents and apostrophes.

/// No contact any more, on whatever way.
pub(super) const STOP_ALL: &[&str] = &[
    "remove me", "take me off", "leave me alone", "unsubscribe", "stop bothering", "opt out", "opt me out",
    "stop contacting", "quit contacting", "dont contact me", "do not contact me", "never contact me", "dont ever contact",
    "do not ever contact", "no more contact", "delete my data", "delete all my data", "lose my contact", "no me contacten",
    "no me contactes", "no me contacte", "no me vuelvan a contactar", "no me vuelva a contactar", "dejen de contactar",
    "dejen de contactarme", "deje de contactarme", "no quiero que me contacten", "quitenme de la lista",
    "quiteme de la lista", "quitame de la lista", "borrenme de la lista", "borrenme de su lista", "borreme de la lista",
    "saquenme de la lista", "dejenme en paz", "dejeme en paz", "dejame en paz", "denme de baja", "deme de baja", "dame de baja",
];
/// Do not call again.
pub(super) const STOP: &[&str] = &[
    "stop calling", "stop call", "stop calls", "quit calling", "dont call me", "do not call me", "dont ever call",
    "dont call again", "do not call again", "do not call", "dont call this", "never call", "no more calls",
    "remove my number", "take my number off", "delete my number",
    "lose my number", "no me llames", "no me llamen", "no me llame",
    "no llamen mas", "no llames mas", "no me vuelvan a llamar", "no me vuelva a llamar", "no me vuelvas a llamar",
    "no vuelvan a llamar", "no vuelva a llamar", "no vuelvas a llamar", "dejen de llamar", "deje de llamar",
    "deja de llamar", "dejen de llamarme", "deje de llamarme", "deja de llamarme", "no quiero mas llamadas",
    "no quiero que me llamen",
];
/// More of it, in Spanish.
pub(super) const STOP_MORE: &[&str] = &[
    "borren mi numero", "borra mi numero", "borre mi numero", "no quiero recibir llamadas",
];
/// A person, please.
pub(super) const PERSON: &[&str] = &[
    "talk to a person", "talk to a human", "talk to someone", "talk to somebody", "talk with a person",
    "talk with a human", "speak to a person", "speak to a human", "speak to someone", "speak to somebody",
    "speak with a person", "speak with a human", "speak with someone", "speak with somebody", "talk with someone",
    "real person", "real human", "actual person", "actual human", "human being please", "a human please",
    "a person please", "representative", "operator", "transfer me", "put me through", "hablar con una persona",
    "hablar con un humano", "hablar con alguien", "persona real", "una persona por favor", "operador",
    "representante", "paseme con",
];
/// Is this a machine?
pub(super) const MACHINE: &[&str] = &[
    "are you a robot", "are you a machine", "are you an ai", "are you ai", "is this a robot", "is this an ai",
    "is this ai", "are you real", "are you human", "are you a bot", "is this a bot", "is this a recording",
    "are you a real person", "eres un robot", "es un robot", "eres una maquina", "es una maquina", "eres humano",
];
/// No time now.
pub(super) const BUSY: &[&str] = &[
    "call me later", "call back later", "call me back", "call later", "bad time", "not a good time", "im busy",
    "i am busy", "im driving", "in a meeting", "cant talk", "cannot talk", "no time now", "another time",
    "llamame luego", "llameme luego", "llamame mas tarde", "llameme mas tarde", "estoy ocupado", "estoy ocupada",
    "no puedo hablar", "mal momento",
];
/// Say that again.
pub(super) const REPEAT: &[&str] = &[
    "repeat", "say that again", "say it again", "come again", "pardon", "sorry what", "what did you say",
    "didnt hear", "didnt catch", "repite", "repita", "otra vez", "como dice", "no te oigo",
];
/// No, wherever it stands.
pub(super) const NO: &[&str] = &[
    "not interested", "no interest", "no thanks", "no thank you", "not for me", "not right now thanks", "dont want",
    "do not want", "i pass", "ill pass", "not really", "no way", "im not", "i am not interested", "no me interesa",
    "no gracias", "no estoy interesado", "no estoy interesada", "no quiero", "paso de", "no es para mi",
    "dont do brand deals", "dont do sponsorships", "no por ahora",
];
/// Very interested.
pub(super) const VERY: &[&str] = &[
    "very interested", "really interested", "super interested", "extremely interested", "love to", "id love",
    "would love", "i love", "definitely", "absolutely", "sounds amazing", "sounds awesome", "sounds great",
    "excited", "me encanta", "me encantaria", "muy interesado", "muy interesada",
];
/// Interested.
pub(super) const YES: &[&str] = &[
    "yes", "yeah", "yep", "yup", "sure", "of course", "okay", "ok", "interested", "sounds good",
    "sounds interesting", "go ahead", "why not", "im in", "i am", "i could", "i would", "happy to", "no problem",
    "tell me more", "si", "claro", "vale", "por supuesto", "de acuerdo", "me interesa", "interesado", "interesada",
    "bueno", "adelante", "perfecto", "desde luego",
];
/// Not decided.
pub(super) const MAYBE: &[&str] = &[
    "maybe", "perhaps", "depends", "not sure", "dont know", "think about", "might", "possibly", "quizas", "quiza",
    "tal vez", "depende", "no se", "lo pensare", "puede ser", "a lo mejor",
];
/// Where is the number from?
pub(super) const SOURCE: &[&str] = &[
    "get my number", "got my number", "have my number", "find my number", "found my number", "mi numero",
    "quien te dio", "quien le dio",
];
/// What is paid?
pub(super) const PAY: &[&str] = &[
    "how much", "the pay", "you pay", "you paying", "whats the budget", "the budget", "your budget", "compensation",
    "get paid", "does it pay", "is it paid", "the offer", "the rate", "your rate", "cuanto pagan", "cuanto pagas",
    "cuanto es", "cuanto seria", "el presupuesto", "la paga", "es pagado", "cuanto ofrecen",
];
/// Who calls?
pub(super) const CALLER: &[&str] = &[
    "who are you", "who is this", "whos this", "who is calling", "whos calling", "what brand", "which brand",
    "what company", "which company", "quien es", "quien eres", "quien llama", "que marca", "que empresa",
];
/// What is it about?
pub(super) const CAMPAIGN: &[&str] = &[
    "tell me about", "what is it", "whats it about", "what is this about", "whats this about", "the campaign",
    "what campaign", "the product", "what product", "the details", "more details", "more information", "more about",
    "what do i have to", "what would i", "what kind of", "de que se trata", "de que trata", "que producto",
    "la campana", "mas informacion", "mas detalles",
];
/// Words that Spanish is told by,
pub(super) const SPANISH: &[&str] = &[
    "hola", "gracias", "espanol", "habla espanol", "me interesa", "no me interesa", "quien es", "cuanto pagan",
    "por favor", "estoy", "quiero", "puedo", "claro que si", "buenos dias", "buenas tardes", "digame", "llamen",
    "semana", "semanas", "proxima", "euros", "historias", "publicaciones", "seguidores", "pues", "depende de",
    "mi tarifa", "cobro", "si me", "si claro",
];
/// and English.
pub(super) const ENGLISH: &[&str] = &[
    "english", "speak english", "hello", "yes i", "interested", "what", "thanks", "please", "the", "you", "my rate",
    "next week",
];
/// Words of time.
pub(super) const TIMES: &[&str] = &[
    "today", "tomorrow", "tonight", "now", "immediately", "right away", "right now", "asap", "soon", "anytime",
    "any time", "whenever", "week", "weeks", "weekend", "month", "months", "day", "days", "year", "monday",
    "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "january", "february", "march", "april",
    "june", "july", "august", "september", "october", "november", "december", "spring", "summer", "autumn", "fall",
    "winter", "quarter", "hoy", "manana", "ahora", "ya", "enseguida", "pronto", "semana", "semanas", "mes", "meses",
    "dia", "dias", "lunes", "martes", "miercoles", "jueves", "viernes", "enero", "febrero", "marzo", "abril",
    "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre", "verano", "otono",
    "invierno",
];
/// What people make, as they call it, and as the log calls it.
pub(super) const CONTENT: &[(&str, &str)] = &[
    ("reel", "reels"), ("reels", "reels"), ("story", "stories"), ("stories", "stories"), ("historia", "stories"),
    ("historias", "stories"), ("post", "posts"), ("posts", "posts"), ("publicacion", "posts"),
    ("publicaciones", "posts"), ("video", "videos"), ("videos", "videos"), ("youtube video", "videos"),
    ("short", "shorts"), ("shorts", "shorts"), ("tiktok", "tiktoks"), ("tiktoks", "tiktoks"),
    ("tik tok", "tiktoks"), ("tik toks", "tiktoks"), ("live", "live streams"), ("lives", "live streams"),
    ("livestream", "live streams"), ("live stream", "live streams"), ("directo", "live streams"),
    ("directos", "live streams"), ("unboxing", "unboxings"), ("unboxings", "unboxings"), ("review", "reviews"),
    ("reviews", "reviews"), ("resena", "reviews"), ("resenas", "reviews"), ("tutorial", "tutorials"),
    ("tutorials", "tutorials"), ("tutoriales", "tutorials"), ("vlog", "vlogs"), ("vlogs", "vlogs"),
    ("podcast", "podcasts"), ("podcasts", "podcasts"), ("carousel", "carousels"), ("photos", "photos"),
    ("fotos", "photos"), ("blog", "blog posts"),
];
/// What answering machines say.
pub(super) const VOICEMAIL: &[&str] = &[
    "leave a message", "leave your message", "leave me a message", "leave us a message", "record your message",
    "after the beep", "after the tone", "at the tone", "at the beep", "voicemail", "voice mail", "voice mailbox", "mailbox is full",
    "you have reached", "youve reached", "is not available to take your call", "cannot take your call", "cant take your call",
    "cant come to the phone", "cannot come to the phone", "when you have finished recording", "the person you are trying to reach",
    "the person you have called", "the number you have dialed", "the subscriber you have dialed", "deje su mensaje", "deje un mensaje",
    "deja tu mensaje", "deja un mensaje", "dejame un mensaje", "dejanos un mensaje", "despues de la senal", "despues del tono",
    "al oir la senal", "tras la senal", "buzon de voz", "contestador automatico", "no puedo atender", "no podemos atender",
    "no puede atender", "no se encuentra disponible", "ha llamado al", "el numero que usted marco", "el numero marcado",
];
